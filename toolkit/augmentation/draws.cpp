#include "toolkit/augmentation/draws.h"

#include "toolkit/base/philox.h"

namespace stapes::augmentation {
namespace {

uint64_t any_number(Random& random) {
  const uint64_t high = random.next();
  return high << 32 | random.next();
}

double within(Random& random, const Range& range) { return random.uniform(range.low, range.high); }

Draws::Noise draw_noise(Random& random, double probability, const Range& level_db) {
  Draws::Noise noise;
  noise.on = random.uniform() < probability;
  noise.file = any_number(random);
  noise.start = random.uniform();
  noise.level_db = within(random, level_db);
  return noise;
}

VocalTract draw_tract(Random& random, const AugmentationSettings& settings) {
  VocalTract tract;
  const bool change = random.uniform() < settings.vocal_tract_probability;
  const double all = random.uniform(-settings.vocal_tract_percent, settings.vocal_tract_percent);
  for (double& factor : tract.factors) {
    const double one = random.uniform(-settings.formant_percent, settings.formant_percent);
    if (change) factor = (1.0 + all / 100.0) * (1.0 + one / 100.0);
  }
  return tract;
}

Draws::Kind kind_of(double chance, const UnknownSettings& settings) {
  double limit = settings.silence_probability;
  if (chance < limit) return Draws::Kind::kSilence;
  limit += settings.cropped_keyword_probability;
  if (chance < limit) return Draws::Kind::kCroppedKeyword;
  limit += settings.spliced_keyword_probability;
  if (chance < limit) return Draws::Kind::kSplicedKeywords;
  limit += settings.reversed_keyword_probability;
  if (chance < limit) return Draws::Kind::kReversedKeyword;
  return Draws::Kind::kClip;
}

}  // namespace

Draws draw(const Specification& specification, bool is_unknown, uint64_t epoch, uint64_t index) {
  const AugmentationSettings& settings = specification.augmentation;
  Random random(specification.training.seed, Purpose::kAugmentation, epoch, index);
  Draws draws;

  const double kind = random.uniform();
  if (is_unknown) draws.kind = kind_of(kind, specification.data.unknown);
  for (uint64_t& keyword : draws.keywords) keyword = any_number(random);
  draws.crop_fraction = within(random, settings.crop_fraction);

  const bool change_speed = random.uniform() < settings.speed_probability;
  const double percent = random.uniform(-settings.speed_percent, settings.speed_percent);
  if (change_speed) draws.speed = 1.0 + percent / 100.0;

  draws.room_on = random.uniform() < settings.room_probability;
  draws.room = any_number(random);
  draws.position = random.uniform();

  const bool change_gain = random.uniform() < settings.gain_probability;
  const double gain_db = within(random, settings.gain_db);
  if (change_gain) draws.gain_db = gain_db;

  draws.ambient = draw_noise(random, settings.ambient_probability, settings.ambient_snr_db);
  draws.microphone =
      draw_noise(random, settings.microphone_probability, settings.microphone_level_db);
  draws.splice_fraction = random.uniform(0.3, 0.7);
  draws.tract = draw_tract(random, settings);
  return draws;
}

const char* kind_name(Draws::Kind kind) {
  switch (kind) {
    case Draws::Kind::kSilence:
      return "silence";
    case Draws::Kind::kCroppedKeyword:
      return "cropped keyword";
    case Draws::Kind::kSplicedKeywords:
      return "spliced keywords";
    case Draws::Kind::kReversedKeyword:
      return "reversed keyword";
    case Draws::Kind::kClip:
      break;
  }
  return "clip";
}

}  // namespace stapes::augmentation
