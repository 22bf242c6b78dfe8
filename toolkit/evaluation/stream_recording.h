#pragma once
#include <cstdint>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/evaluation/continuous_sound.h"
#include "toolkit/evaluation/stream_spotter.h"

namespace stapes::evaluation {

// What a model said while it heard one stream: the scores of every inference. A detector's
// thresholds have no influence on them, so many can be tried on one recording.
struct StreamRecording {
  SoundKind kind = SoundKind::kNoise;
  size_t background = 0;
  std::vector<SpokenKeyword> keywords;  // their labels are classes of the model
  std::vector<HeardRecording> heard;
  int64_t duration_ms = 0;        // of the whole stream
  std::vector<int64_t> times_ms;  // of the inferences
  std::vector<uint8_t> scores;    // [inferences, classes], 255 = certain
};

struct RecordingOptions {
  int threads = 0;
  std::string title;
  // Where finished streams are kept, so that an interrupted command goes on where it was and
  // another wish costs nothing; empty: nowhere. Recordings of another model, other settings or
  // other sound are not taken.
  Path cache;
};

// Runs the device's spotter over all streams, each from its reset state. `labels`: the model's
// class of each class of the data. The result does not depend on the number of threads. Ctrl-C
// stops it (Interrupted). Throws Error where the spotter's inferences depend on what is detected
// (suppression_ms below 2 makes it forget the sound).
std::vector<StreamRecording> record_streams(const TestModel& model, const StreamSettings& settings,
                                            const ContinuousSound& sound,
                                            const std::vector<int>& labels,
                                            const RecordingOptions& options);

// What a slower device would have heard: of the inferences those that a spotter makes which waits
// `interval_ms` after each, the first among them. REQUIRES: each inference starts from the reset
// state, as a model of windows does.
StreamRecording at_interval(const StreamRecording& recording, int64_t interval_ms);

}  // namespace stapes::evaluation
