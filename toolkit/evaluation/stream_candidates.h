#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/evaluation/stream_recording.h"

namespace stapes::evaluation {

// Recorded scores as the device's detector sees them, whatever the thresholds are: the class with
// the highest average after each inference. Which of them are detections is then decided by
// thresholds and suppression alone, so that thousands of thresholds can be tried.
struct Candidate {
  int64_t time_ms = 0;
  int32_t class_index = 0;
  uint8_t score = 0;
};

struct CandidateStream {
  SoundKind kind = SoundKind::kNoise;
  size_t background = 0;
  std::vector<SpokenKeyword> keywords;
  std::vector<HeardRecording> heard;
  int64_t duration_ms = 0;
  std::vector<Candidate> candidates;  // in the order of time; of keywords only
};

std::vector<CandidateStream> find_candidates(const std::vector<StreamRecording>& recordings,
                                             const std::vector<std::string>& classes,
                                             const StreamSettings& settings, int threads);

// Thresholds, one per class of the model, as the detector takes them.
using Thresholds = std::vector<uint8_t>;

// What a detector with these thresholds does with all streams. A keyword is hit when its class is
// detected between the beginning of its clip and kHitMs after the end. In sound without keywords
// every detection of a keyword is a false accept.
struct Detections {
  static constexpr int64_t kHitMs = 500;

  struct PerWord {
    size_t hits = 0;
    size_t spoken = 0;
    size_t false_accepts = 0;
  };
  struct PerSound {  // without keywords
    size_t false_accepts = 0;
    double hours = 0.0;
    std::vector<size_t> per_recording;  // false accepts of each recording that has any
  };
  std::vector<PerWord> words;        // per class of the model
  std::vector<PerSound> sounds;      // per SoundKind; that of the keywords is empty
  std::vector<PerWord> backgrounds;  // hits under each of kBackgrounds_db
  size_t wrong_words = 0;            // detections in the keyword streams that hit nothing

  size_t hits() const;
  size_t spoken() const;
  size_t false_accepts() const;
  double hours() const;
  double hit_rate() const;
  double false_accepts_per_hour() const;
  std::vector<size_t> false_accepts_per_recording() const;
};

Detections detect(const std::vector<CandidateStream>& streams,
                  const std::vector<std::string>& classes, const StreamSettings& settings,
                  const Thresholds& thresholds);

}  // namespace stapes::evaluation
