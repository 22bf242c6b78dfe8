#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/augmentation/noise_bank.h"
#include "toolkit/base/philox.h"
#include "toolkit/dataset/dataset.h"
#include "toolkit/specification/specification.h"

namespace stapes::evaluation {

// What a listening device hears, minutes on end, made of the recordings of one split. A device that
// waits for a word hears mostly other things, and what it says to them is no share of clips but a
// number per hour.
enum class SoundKind {
  kKeywords,      // every keyword clip at most once, other words between them
  kUnknownWords,  // other words, one after the other
  kSpeech,        // whole sentences (specification.evaluation.speech)
  kNoise,         // ambient noise alone, as loud as it was recorded
};
inline constexpr SoundKind kSoundKinds[] = {SoundKind::kKeywords, SoundKind::kUnknownWords,
                                            SoundKind::kSpeech, SoundKind::kNoise};
const char* name_of(SoundKind kind);  // "keywords", "unknown words", "speech", "noise"

// Noise lies under all speech, this far below it (decibels): a quiet room, a room, a street.
inline constexpr double kBackgrounds_db[] = {30.0, 20.0, 10.0};

struct SpokenKeyword {
  int label = 0;         // index into the data set's classes
  int64_t begin_ms = 0;  // of the clip, in the stream
  int64_t end_ms = 0;
};

// A piece of a recording in a stream. Sound without keywords is heard for hours and made of fewer
// recordings than that, so what is said to one of them may be said again.
struct HeardRecording {
  int64_t begin_ms = 0;    // until the next one begins
  uint32_t recording = 0;  // its number among those of this kind of sound
};

struct SoundStream {
  SoundKind kind = SoundKind::kNoise;
  size_t background = 0;         // index into kBackgrounds_db; of noise alone always 0
  std::vector<int16_t> samples;  // at the front end's rate
  std::vector<SpokenKeyword> keywords;
  std::vector<HeardRecording> heard;  // other than keywords and the noise below them
};

struct ContinuousOptions {
  double hours = 1.0;  // without keywords, in equal parts of the kinds that there are
  uint64_t seed = 42;
  std::vector<Path> more_words;  // half of the unknown words come from here, where there are any
};

// Streams of a minute (keywords: of fifteen clips), each beginning with kLeadInMs of noise, which
// warms the front end's noise estimate and in which nothing counts. A stream depends on the seed
// and its number alone, so they can be made in any order by any number of threads.
class ContinuousSound {
 public:
  static constexpr int64_t kLeadInMs = 2000;
  static constexpr int64_t kStreamMs = 60000;  // behind the lead-in

  // `speech`: the split's recordings of sentences. Throws Error when the split has no keyword clips
  // or no ambient noise.
  ContinuousSound(const Specification& specification, const dataset::Dataset& data,
                  const std::vector<Path>& speech, dataset::Split split,
                  const ContinuousOptions& options);

  size_t size() const { return plans_.size(); }
  SoundKind kind(size_t stream) const { return plans_[stream].kind; }
  SoundStream make(size_t stream) const;

  // Everything that the streams depend on, as a text.
  const std::string& description() const { return description_; }

 private:
  struct Plan {
    SoundKind kind = SoundKind::kNoise;
    size_t number = 0;          // of its kind
    std::vector<size_t> clips;  // into keywords_, for SoundKind::kKeywords
  };

  void plan(SoundKind kind, size_t streams);
  void add_keywords(const Plan& plan, Random& random, SoundStream& stream,
                    std::vector<float>& samples, std::vector<double>& levels) const;
  void add_speech(SoundKind kind, Random& random, SoundStream& stream, std::vector<float>& samples,
                  std::vector<double>& levels) const;
  void append(const Path& file, std::vector<float>& samples, std::vector<double>& levels) const;
  void append_silence(double seconds, std::vector<float>& samples) const;
  void add_noise(double speech_level, double snr_db, Random& random, SoundStream& stream,
                 std::vector<float>& samples) const;

  int sample_rate_hz_;
  uint64_t seed_;
  std::vector<dataset::ClipReference> keywords_;
  std::vector<Path> unknown_words_;
  std::vector<Path> more_words_;
  std::vector<Path> speech_;
  augmentation::NoiseBank noise_;
  std::vector<Plan> plans_;
  std::string description_;
};

}  // namespace stapes::evaluation
