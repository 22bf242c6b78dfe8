#include "toolkit/evaluation/continuous_sound.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "toolkit/audio/level.h"
#include "toolkit/audio/mix.h"
#include "toolkit/audio/read.h"
#include "toolkit/base/error.h"
#include "toolkit/evaluation/scores.h"

namespace stapes::evaluation {
namespace {

constexpr size_t kClipsPerStream = 15;
constexpr double kNoisePieceSeconds = 5.0;
constexpr double kFadeSeconds = 0.1;  // between pieces of noise, and at both ends of a clip a tenth

size_t noise_piece(int sample_rate_hz) {
  return static_cast<size_t>(kNoisePieceSeconds * sample_rate_hz);
}

// Linear, so that a recording that begins or ends in its own room's noise does not click.
void fade_ends(std::vector<float>& samples, size_t count) {
  count = std::min(count, samples.size() / 2);
  for (size_t i = 0; i < count; ++i) {
    const auto factor = static_cast<float>(i) / static_cast<float>(count);
    samples[i] *= factor;
    samples[samples.size() - 1 - i] *= factor;
  }
}

int64_t to_ms(size_t samples, int sample_rate_hz) {
  return static_cast<int64_t>(samples) * 1000 / sample_rate_hz;
}

}  // namespace

const char* name_of(SoundKind kind) {
  switch (kind) {
    case SoundKind::kKeywords:
      return "keywords";
    case SoundKind::kUnknownWords:
      return "unknown words";
    case SoundKind::kSpeech:
      return "speech";
    case SoundKind::kNoise:
      return "noise";
  }
  return "";
}

ContinuousSound::ContinuousSound(const Specification& specification, const dataset::Dataset& data,
                                 const std::vector<Path>& speech, dataset::Split split,
                                 const ContinuousOptions& options)
    : sample_rate_hz_(specification.features.front_end.sample_rate_hz),
      seed_(options.seed),
      more_words_(options.more_words),
      speech_(speech),
      noise_(data.ambient.of(split), sample_rate_hz_, noise_piece(sample_rate_hz_)) {
  for (const dataset::ClipReference& clip : data.clips) {
    if (clip.split != split) continue;
    if (is_keyword(data.classes[static_cast<size_t>(clip.label)])) {
      keywords_.push_back(clip);
    } else {
      unknown_words_.push_back(clip.path);
    }
    description_ += clip.path.string() + "\n";
  }
  for (const Path& path : more_words_) description_ += "more " + path.string() + "\n";
  for (const Path& path : speech_) description_ += path.string() + "\n";
  for (const Path& path : data.ambient.of(split)) description_ += path.string() + "\n";
  description_ += fmt::format("seed {}, {} hours, form 2\n", options.seed, options.hours);
  const auto lacks = [&](const char* what, const char* remedy) {
    throw Error("cannot make continuous sound", specification.file.string(),
                fmt::format("the {} split has no {}", dataset::split_name(split), what), remedy);
  };
  if (keywords_.empty()) lacks("keyword clips", "add recordings");
  if (noise_.empty()) lacks("ambient noise", "name recordings of noise in data.noise.ambient");

  // Of the keywords at most half as many streams again as of all the rest together: 1,365 clips for
  // one hour.
  const auto streams = static_cast<size_t>(
      std::max(1.0, std::round(options.hours * 3.6e6 / static_cast<double>(kStreamMs))));
  plan(SoundKind::kKeywords,
       std::min(streams * 3 / 2 + 1, (keywords_.size() + kClipsPerStream - 1) / kClipsPerStream));
  std::vector<SoundKind> kinds;
  if (!unknown_words_.empty() || !more_words_.empty()) kinds.push_back(SoundKind::kUnknownWords);
  if (!speech_.empty()) kinds.push_back(SoundKind::kSpeech);
  kinds.push_back(SoundKind::kNoise);
  for (const SoundKind kind : kinds) {
    plan(kind, std::max<size_t>(1, (streams + kinds.size() / 2) / kinds.size()));
  }
}

void ContinuousSound::plan(SoundKind kind, size_t streams) {
  std::vector<size_t> order(keywords_.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  Random(seed_, Purpose::kEvaluationNoise).shuffle(order);
  for (size_t i = 0; i < streams; ++i) {
    Plan plan{kind, i, {}};
    if (kind == SoundKind::kKeywords) {
      const size_t first = i * kClipsPerStream;
      const size_t last = std::min(order.size(), first + kClipsPerStream);
      plan.clips.assign(order.begin() + static_cast<std::ptrdiff_t>(first),
                        order.begin() + static_cast<std::ptrdiff_t>(last));
    }
    plans_.push_back(std::move(plan));
  }
}

void ContinuousSound::append_silence(double seconds, std::vector<float>& samples) const {
  samples.resize(samples.size() + static_cast<size_t>(seconds * sample_rate_hz_), 0.0F);
}

void ContinuousSound::append(const Path& file, std::vector<float>& samples,
                             std::vector<double>& levels) const {
  std::vector<float> clip = audio::read_audio(file, {sample_rate_hz_}).clip.samples;
  levels.push_back(audio::to_decibels(audio::rms(clip)));
  fade_ends(clip, static_cast<size_t>(kFadeSeconds * sample_rate_hz_ / 10.0));
  samples.insert(samples.end(), clip.begin(), clip.end());
}

// Before half of the keywords another word is said, at most half a second earlier: a keyword
// mostly comes out of other speech.
void ContinuousSound::add_keywords(const Plan& plan, Random& random, SoundStream& stream,
                                   std::vector<float>& samples, std::vector<double>& levels) const {
  for (const size_t index : plan.clips) {
    append_silence(random.uniform(1.0, 2.0), samples);
    const bool after_a_word = random.uniform() < 0.5;
    const uint64_t word = random.next();
    const double pause = random.uniform(0.1, 0.5);
    if (after_a_word && !unknown_words_.empty()) {
      append(unknown_words_[word % unknown_words_.size()], samples, levels);
      append_silence(pause, samples);
    }
    const dataset::ClipReference& clip = keywords_[index];
    const int64_t begin = to_ms(samples.size(), sample_rate_hz_);
    append(clip.path, samples, levels);
    stream.keywords.push_back({clip.label, begin, to_ms(samples.size(), sample_rate_hz_)});
  }
  append_silence(1.5, samples);
}

void ContinuousSound::add_speech(SoundKind kind, Random& random, SoundStream& stream,
                                 std::vector<float>& samples, std::vector<double>& levels) const {
  const size_t length = static_cast<size_t>((kLeadInMs + kStreamMs) * sample_rate_hz_ / 1000);
  const bool words = kind == SoundKind::kUnknownWords;
  while (samples.size() < length) {
    // Few words of the split's own stay half of all, however many others there are.
    const bool more =
        words && !more_words_.empty() && (unknown_words_.empty() || random.uniform() < 0.5);
    const std::vector<Path>& files = more ? more_words_ : words ? unknown_words_ : speech_;
    const uint64_t file = random.below(files.size());
    const size_t number = file + (more ? unknown_words_.size() : 0);
    stream.heard.push_back({to_ms(samples.size(), sample_rate_hz_), static_cast<uint32_t>(number)});
    append(files[file], samples, levels);
    append_silence(random.uniform(0.0, 0.5), samples);
  }
  samples.resize(length);
}

// Pieces of recordings, faded into each other. Under speech each is brought to the same level, so
// that a barking dog is not silence most of the time; alone they are as loud as they were.
void ContinuousSound::add_noise(double speech_level, double snr_db, Random& random,
                                SoundStream& stream, std::vector<float>& samples) const {
  const bool alone = stream.kind == SoundKind::kNoise;
  const auto fade = static_cast<size_t>(kFadeSeconds * sample_rate_hz_);
  const double wanted_level = speech_level - snr_db;
  for (size_t begin = 0; begin < samples.size();) {
    const uint64_t file = random.below(noise_.size());
    const std::vector<int16_t> pcm = noise_.segment(file, random.uniform());
    const double factor = alone ? 1.0 : audio::factor_for_level(audio::rms(pcm), wanted_level);
    if (alone) stream.heard.push_back({to_ms(begin, sample_rate_hz_), static_cast<uint32_t>(file)});
    std::vector<float> piece(pcm.size(), 0.0F);
    audio::add_scaled(piece, pcm, factor);
    fade_ends(piece, fade);
    const size_t count = std::min(piece.size(), samples.size() - begin);
    for (size_t i = 0; i < count; ++i) samples[begin + i] += piece[i];
    begin += piece.size() > fade ? piece.size() - fade : piece.size();
  }
}

SoundStream ContinuousSound::make(size_t index) const {
  const Plan& plan = plans_[index];
  Random random(seed_, Purpose::kEvaluationNoise, 1 + static_cast<uint64_t>(plan.kind),
                plan.number);
  SoundStream stream;
  stream.kind = plan.kind;
  std::vector<float> samples;
  std::vector<double> levels;
  append_silence(static_cast<double>(kLeadInMs) / 1000.0, samples);
  switch (plan.kind) {
    case SoundKind::kKeywords:
      add_keywords(plan, random, stream, samples, levels);
      break;
    case SoundKind::kUnknownWords:
    case SoundKind::kSpeech:
      add_speech(plan.kind, random, stream, samples, levels);
      break;
    case SoundKind::kNoise:
      append_silence(static_cast<double>(kStreamMs) / 1000.0, samples);
      break;
  }
  double speech_level =
      0.0;  // of the clips in the mean, in decibels: one loud clip does not decide
  for (const double level : levels) speech_level += level / static_cast<double>(levels.size());
  if (plan.kind != SoundKind::kNoise) {
    stream.background = plan.number % std::size(kBackgrounds_db);
  }
  add_noise(speech_level, kBackgrounds_db[stream.background], random, stream, samples);
  stream.samples = audio::to_pcm16(samples);
  return stream;
}

}  // namespace stapes::evaluation
