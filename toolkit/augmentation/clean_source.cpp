#include "toolkit/augmentation/clean_source.h"

#include <fmt/format.h>

#include "toolkit/audio/level.h"
#include "toolkit/audio/mix.h"
#include "toolkit/audio/read.h"
#include "toolkit/augmentation/augmenter.h"
#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"

namespace stapes::augmentation {

CleanSource::CleanSource(const Specification& specification, const dataset::Dataset& dataset,
                         dataset::Split split, const CleanOptions& options)
    : options_(options),
      sample_rate_hz_(specification.features.front_end.sample_rate_hz),
      window_(specification),
      clips_(dataset.clips_of(split)),
      classes_(dataset.classes),
      class_counts_(dataset.class_counts(split)),
      noise_(options.noise_snr_db ? dataset.ambient.of(split) : std::vector<Path>{},
             sample_rate_hz_, window_.total()),
      extractors_(specification.features) {
  if (options.noise_snr_db && noise_.empty()) {
    throw Error(
        "cannot add noise", specification.file.string(),
        fmt::format("data.noise.ambient has no files for the {} split", dataset::split_name(split)),
        "name a folder of recorded noise there");
  }
}

void CleanSource::add_noise(std::vector<float>& buffer, size_t index) const {
  // Recordings of barks and sneezes are silent for long stretches. A stretch whose scored part is
  // nearly silent would be amplified absurdly; another one is drawn instead.
  constexpr int kTries = 16;
  constexpr double kAudible = 0.001;         // -60 dB full scale
  constexpr double kPartOfSegment = 0.3162;  // -10 dB
  Random random(options_.noise_seed, Purpose::kEvaluationNoise, 0, index);
  std::vector<int16_t> pcm;
  double level = 0.0;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const uint64_t file = random.below(noise_.size());
    pcm = noise_.segment(file, random.uniform());
    level = audio::rms(std::span<const int16_t>(pcm).subspan(window_.lead_in, window_.length));
    const double whole = audio::rms(pcm);
    if (level >= kAudible && level >= kPartOfSegment * whole) break;
    level = whole;
  }
  audio::add_scaled(
      buffer, pcm,
      audio::factor_for_snr(reference_level(buffer, window_), level, *options_.noise_snr_db));
}

std::vector<int16_t> CleanSource::pcm(size_t index) const {
  const auto clip = audio::read_audio(clips_[index].path, {sample_rate_hz_}).clip;
  std::vector<float> buffer = place_for_evaluation(clip.samples, window_);
  if (options_.noise_snr_db) add_noise(buffer, index);
  return audio::to_pcm16(buffer);
}

int CleanSource::fill(uint64_t /*epoch*/, size_t index, std::span<float> features) const {
  const std::vector<int16_t> samples = pcm(index);
  extractors_.borrow(
      [&](FeatureExtractor& extractor) { extractor.model_input(samples, features); });
  return clips_[index].label;
}

}  // namespace stapes::augmentation
