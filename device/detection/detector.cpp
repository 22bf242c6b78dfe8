#include "device/detection/detector.h"

#include <cstring>

namespace stapes {

Status Detector::initialize(const Settings& settings, const char* const* labels, int32_t classes,
                            void* memory, size_t bytes) {
  capacity_ = 0;
  if (labels == nullptr || classes <= 0) return Status::failure("the detector has no classes");
  for (int32_t i = 0; i < classes; ++i) {
    if (labels[i] == nullptr) return Status::failure("a class has no label");
  }
  if (settings.average_window_duration_ms < 0 || settings.suppression_ms < 0 ||
      settings.minimum_count < 0) {
    return Status::failure("a setting of the detector is negative");
  }
  if (memory == nullptr || reinterpret_cast<uintptr_t>(memory) % alignof(int64_t) != 0) {
    return Status::failure("the detector's memory is missing or not aligned for int64_t");
  }
  const size_t fit = bytes / memory_bytes(classes, 1);
  const int32_t results = fit > INT32_MAX ? INT32_MAX : static_cast<int32_t>(fit);
  if (results < 1 || results < settings.minimum_count) {
    return Status::failure("the detector's memory is too small");
  }
  settings_ = settings;
  labels_ = labels;
  classes_ = classes;
  times_ = static_cast<int64_t*>(memory);
  scores_ = static_cast<uint8_t*>(memory) + static_cast<size_t>(results) * sizeof(int64_t);
  capacity_ = results;
  reset();
  return Status::success();
}

void Detector::reset() {
  oldest_ = 0;
  count_ = 0;
  has_result_ = false;
  last_result_ms_ = 0;
  last_class_ = settings_.faults.first_class_suppressed_at_start ? 0 : -1;
  last_detection_ms_ = 0;
}

Status Detector::process(int64_t time_ms, const uint8_t* scores, Detection* detection) {
  if (has_result_ && time_ms < last_result_ms_) {
    return Status::failure("results must come in the order of time");
  }
  has_result_ = true;
  last_result_ms_ = time_ms;
  *detection = Detection{};
  detection->time_ms = time_ms;

  const bool averaging = settings_.minimum_count > 0;
  if (averaging) {
    const int64_t window_start = time_ms - settings_.average_window_duration_ms;
    if (!settings_.faults.full_queue_drops_newest) forget_before(window_start);
    remember(time_ms, scores);
    forget_before(window_start);
    if (count_ < settings_.minimum_count) return Status::success();
  }

  int32_t top_class = 0;
  uint8_t top_score = 0;
  for (int32_t i = 0; i < classes_; ++i) {
    const uint8_t score = averaging ? average(i) : scores[i];
    if (score > top_score) {
      top_score = score;
      top_class = i;
    }
  }
  detection->class_index = top_class;
  detection->score = top_score;
  if (passes(top_class, top_score) && !is_suppressed(top_class, time_ms)) {
    detection->is_new = true;
    last_class_ = top_class;
    last_detection_ms_ = time_ms;
  }
  return Status::success();
}

bool Detector::remember(int64_t time_ms, const uint8_t* scores) {
  if (count_ == capacity_) {
    if (settings_.faults.full_queue_drops_newest) return false;
    oldest_ = (oldest_ + 1) % capacity_;
    --count_;
  }
  // Not oldest_ + count_ at once: that could exceed int32_t.
  const int32_t room = capacity_ - oldest_;
  const int32_t slot = count_ < room ? oldest_ + count_ : count_ - room;
  times_[slot] = time_ms;
  std::memcpy(scores_ + static_cast<size_t>(slot) * static_cast<size_t>(classes_), scores,
              static_cast<size_t>(classes_));
  ++count_;
  return true;
}

void Detector::forget_before(int64_t time_ms) {
  while (count_ > 0 && times_[oldest_] < time_ms) {
    oldest_ = (oldest_ + 1) % capacity_;
    --count_;
  }
}

// Integer division, rounding down, as the reference does it. REQUIRES: count_ > 0
uint8_t Detector::average(int32_t class_index) const {
  uint64_t sum = 0;
  int32_t slot = oldest_;
  for (int32_t i = 0; i < count_; ++i) {
    sum += scores_[static_cast<size_t>(slot) * static_cast<size_t>(classes_) +
                   static_cast<size_t>(class_index)];
    slot = slot + 1 == capacity_ ? 0 : slot + 1;
  }
  return static_cast<uint8_t>(sum / static_cast<uint64_t>(count_));
}

bool Detector::passes(int32_t class_index, uint8_t score) const {
  if (settings_.ignore_underscore && labels_[class_index][0] == '_') return false;
  const uint8_t threshold = settings_.detection_thresholds != nullptr
                                ? settings_.detection_thresholds[class_index]
                                : settings_.detection_threshold;
  return score > threshold;
}

bool Detector::is_suppressed(int32_t class_index, int64_t time_ms) const {
  return class_index == last_class_ && time_ms - last_detection_ms_ <= settings_.suppression_ms;
}

uint8_t score_from_float(float score) {
  const float scaled = score * 255.0F;
  if (!(scaled > 0.0F)) return 0;  // NaN too
  return scaled >= 255.0F ? 255 : static_cast<uint8_t>(scaled);
}

}  // namespace stapes
