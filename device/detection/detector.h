#pragma once
#include <cstddef>
#include <cstdint>

#include "device/status.h"

namespace stapes {

// From the scores of successive inferences to detections: scores are averaged over a window of
// time, and a label is reported when its average passes a threshold and it wasn't just reported.
//
//   static const char* const kLabels[] = {"yes", "no", "_unknown_"};
//   alignas(8) static uint8_t memory[Detector::memory_bytes(3, 50)];
//
//   Detector::Settings settings;
//   settings.average_window_duration_ms = 450;
//   settings.detection_threshold = 200;
//   settings.minimum_count = 2;
//   Detector detector;
//   Status status = detector.initialize(settings, kLabels, 3, memory, sizeof memory);
//
//   // after every inference:
//   Detection detection;
//   status = detector.process(milliseconds, scores, &detection);   // scores: 3 bytes
//   if (detection.is_new) printf("%s\n", kLabels[detection.class_index]);
//
// The rules are those of RecognizeCommands in Silicon Labs' MLTK, exactly (docs/detector.md);
// its known faults can be switched on to compare.
struct Detection {
  bool is_new = false;       // report it
  int32_t class_index = -1;  // of the highest average, new or not; -1: too few results
  uint8_t score = 0;         // its average, rounded down
  int64_t time_ms = 0;       // of the result that was processed
};

class Detector {
 public:
  // What the reference implementation does wrong. All off: the right behaviour.
  struct ReferenceFaults {
    // Class 0 counts as detected at time 0, and so is suppressed for the first suppression_ms.
    bool first_class_suppressed_at_start = false;
    // The newest result is dropped, instead of the oldest, when there is no room; and room is
    // looked for before results that have left the window are removed.
    bool full_queue_drops_newest = false;
  };

  struct Settings {
    // Results that are older than this, seen from the newest, are forgotten.
    int32_t average_window_duration_ms = 1000;
    // A detection needs an average above (not equal to) this.
    uint8_t detection_threshold = 185;
    // One per class, overrides the former; null: none. Must outlive the detector.
    const uint8_t* detection_thresholds = nullptr;
    // The same class again is a detection only later than this after the last one.
    int32_t suppression_ms = 1500;
    // Fewer results in the window than this are no base for a decision. 0: no averaging, every
    // result is judged alone.
    int32_t minimum_count = 3;
    // Classes whose label begins with '_' (_unknown_, _silence_) are never reported.
    bool ignore_underscore = true;
    ReferenceFaults faults;
  };

  // Bytes for `results` results of `classes` classes. The reference implementation keeps 50. To
  // fill the window: average_window_duration_ms / (time between inferences) + 1.
  static constexpr size_t memory_bytes(int32_t classes, int32_t results) {
    return static_cast<size_t>(results) *
           (sizeof(int64_t) + static_cast<size_t>(classes) * sizeof(uint8_t));
  }
  static constexpr int32_t kReferenceResults = 50;

  // `labels` and `memory` stay the caller's and must outlive the detector. `memory` must be aligned
  // for int64_t; all of it is used. Fails on settings that make no sense and on memory for fewer
  // results than minimum_count.
  Status initialize(const Settings& settings, const char* const* labels, int32_t classes,
                    void* memory, size_t bytes);

  // One inference's scores, one byte per class, 255 = certain. Fails when the time lies before
  // that of the last result; `detection` is then unchanged. REQUIRES: initialize() succeeded.
  Status process(int64_t time_ms, const uint8_t* scores, Detection* detection);

  // Forgets all results and detections.
  void reset();

  int32_t results() const { return count_; }  // in the window now
  const Settings& settings() const { return settings_; }

 private:
  bool remember(int64_t time_ms, const uint8_t* scores);
  void forget_before(int64_t time_ms);
  uint8_t average(int32_t class_index) const;
  bool passes(int32_t class_index, uint8_t score) const;
  bool is_suppressed(int32_t class_index, int64_t time_ms) const;

  Settings settings_;
  const char* const* labels_ = nullptr;
  int32_t classes_ = 0;
  int64_t* times_ = nullptr;   // a ring: [capacity]
  uint8_t* scores_ = nullptr;  // [capacity, classes]
  int32_t capacity_ = 0;
  int32_t oldest_ = 0;
  int32_t count_ = 0;
  bool has_result_ = false;
  int64_t last_result_ms_ = 0;
  int32_t last_class_ = -1;  // of the last detection, -1: none yet
  int64_t last_detection_ms_ = 0;
};

// A model's output as the detector's bytes. Float: the reference's (uint8)(score * 255), rounded
// down; what lies outside 0 … 1, and NaN, becomes the nearest end. Int8: score + 128.
uint8_t score_from_float(float score);
inline uint8_t score_from_int8(int8_t score) { return static_cast<uint8_t>(score + 128); }

}  // namespace stapes
