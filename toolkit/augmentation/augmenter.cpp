#include "toolkit/augmentation/augmenter.h"

#include <algorithm>
#include <span>

#include "toolkit/audio/level.h"
#include "toolkit/audio/mix.h"
#include "toolkit/audio/read.h"
#include "toolkit/audio/speed.h"
#include "toolkit/audio/trim.h"
#include "toolkit/augmentation/cropped_keyword.h"
#include "toolkit/augmentation/spliced_words.h"

namespace stapes::augmentation {
namespace {

constexpr auto kTrain = dataset::Split::kTrain;

std::vector<dataset::ClipReference> keyword_clips(const dataset::Dataset& data) {
  std::vector<dataset::ClipReference> clips = data.clips_of(kTrain);
  std::erase_if(clips, [&](const auto& clip) { return clip.label == data.unknown_label; });
  return clips;
}

}  // namespace

double reference_level(std::span<const float> buffer, const Window& window) {
  constexpr double kSilentDb = -90.0;
  const double level = audio::rms(buffer.subspan(window.lead_in, window.length));
  return audio::to_decibels(level) < kSilentDb ? audio::from_decibels(kNominalLevelDb) : level;
}

Augmenter::Augmenter(const Specification& specification, const dataset::Dataset& dataset)
    : settings_(specification.augmentation),
      sample_rate_hz_(specification.features.front_end.sample_rate_hz),
      window_(specification),
      keywords_(keyword_clips(dataset)),
      ambient_(dataset.ambient.of(kTrain), sample_rate_hz_, window_.total()),
      microphone_(dataset.microphone.of(kTrain), sample_rate_hz_, window_.total()),
      rooms_(dataset.rooms.of(kTrain), sample_rate_hz_) {}

Augmenter::Voice Augmenter::read_voice(const Path& path, const Draws& draws) const {
  Voice voice{audio::read_audio(path, {sample_rate_hz_}).clip.samples, 0};
  if (draws.kind == Draws::Kind::kReversedKeyword) {
    std::reverse(voice.samples.begin(), voice.samples.end());  // before the room: echoes follow
  }
  if (draws.speed != 1.0) voice.samples = audio::change_speed(voice.samples, draws.speed);
  voice.dry = voice.samples.size();
  const auto longest =
      static_cast<size_t>(int64_t{settings_.room_maximum_clip_ms} * sample_rate_hz_ / 1000);
  if (draws.room_on && !rooms_.empty() && voice.dry < longest) {
    voice.samples = rooms_.convolve(draws.room, voice.samples);
  }
  return voice;
}

// The clip itself decides where it lies; its reverberation follows as far as the window goes, so
// that an echo never pushes the word out.
std::vector<float> Augmenter::placed_clip(const Path& path, const Draws& draws) const {
  const Voice voice = read_voice(path, draws);
  const std::span samples(voice.samples);
  audio::Extent sound{0, samples.size()};
  if (settings_.trim_db > 0) sound = audio::find_sound(samples, settings_.trim_db);
  const size_t word = std::clamp(voice.dry, sound.begin, sound.end) - sound.begin;
  const auto offset = training_offset(word, window_, settings_, sample_rate_hz_, draws.position);
  return place(samples.subspan(sound.begin, sound.size()), offset, window_);
}

// False if none of the drawn candidates can be cropped.
bool Augmenter::crop_some_keyword(const Draws& draws, Example& example) const {
  if (keywords_.empty()) return false;
  for (const uint64_t keyword : draws.keywords) {
    example.recording = keywords_[keyword % keywords_.size()].path;
    const Voice voice = read_voice(example.recording, draws);
    auto buffer = crop_keyword(std::span(voice.samples).first(voice.dry), draws.crop_fraction,
                               settings_, sample_rate_hz_, window_);
    if (buffer) {
      example.samples = std::move(*buffer);
      return true;
    }
  }
  return false;
}

// False if all of the drawn candidates are of one class.
bool Augmenter::splice_some_keywords(const Draws& draws, Example& example) const {
  if (keywords_.empty()) return false;
  const auto& first = keywords_[draws.keywords[0] % keywords_.size()];
  for (const uint64_t candidate : draws.keywords) {
    const auto& second = keywords_[candidate % keywords_.size()];
    if (second.label == first.label) continue;
    const Voice head = read_voice(first.path, draws);
    const Voice tail = read_voice(second.path, draws);
    const auto word = splice_words(std::span(head.samples).first(head.dry),
                                   std::span(tail.samples).first(tail.dry), draws.splice_fraction,
                                   settings_.crop_trim_db, sample_rate_hz_);
    const auto offset =
        training_offset(word.size(), window_, settings_, sample_rate_hz_, draws.position);
    example.samples = place(word, offset, window_);
    example.recording = first.path;
    return true;
  }
  return false;
}

// Over the whole buffer: the noise estimator hears the street before the word comes.
void Augmenter::add_noise(std::vector<float>& buffer, const Draws& draws) const {
  if (draws.ambient.on && !ambient_.empty()) {
    const auto pcm = ambient_.segment(draws.ambient.file, draws.ambient.start);
    const double factor = audio::factor_for_snr(reference_level(buffer, window_), audio::rms(pcm),
                                                draws.ambient.level_db);
    audio::add_scaled(buffer, pcm, factor);
  }
  if (draws.microphone.on && !microphone_.empty()) {
    const auto pcm = microphone_.segment(draws.microphone.file, draws.microphone.start);
    audio::add_scaled(buffer, pcm,
                      audio::factor_for_level(audio::rms(pcm), draws.microphone.level_db));
  }
}

Augmenter::Example Augmenter::apply(const dataset::ClipReference& clip, const Draws& draws) const {
  Example example{{}, draws.kind, {}};
  if (example.kind == Draws::Kind::kCroppedKeyword && !crop_some_keyword(draws, example)) {
    example.kind = Draws::Kind::kClip;
  }
  if (example.kind == Draws::Kind::kSplicedKeywords && !splice_some_keywords(draws, example)) {
    example.kind = Draws::Kind::kClip;
  }
  if (example.kind == Draws::Kind::kReversedKeyword && keywords_.empty()) {
    example.kind = Draws::Kind::kClip;
  }
  if (example.kind == Draws::Kind::kReversedKeyword) {
    example.recording = keywords_[draws.keywords[0] % keywords_.size()].path;
    example.samples = placed_clip(example.recording, draws);
  }
  if (example.kind == Draws::Kind::kClip) {
    example.recording = clip.path;
    example.samples = placed_clip(clip.path, draws);
  }
  if (example.kind == Draws::Kind::kSilence) example.samples.assign(window_.total(), 0.0F);
  if (draws.gain_db != 0.0) audio::scale(example.samples, audio::from_decibels(draws.gain_db));
  add_noise(example.samples, draws);
  return example;
}

}  // namespace stapes::augmentation
