#pragma once
#include "device/spotter/spotter.h"

namespace stapes {

constexpr size_t round_up(size_t bytes) {
  return (bytes + Spotter::kAlignment - 1) / Spotter::kAlignment * Spotter::kAlignment;
}

// As many results as the detector's window can hold, within reason. Frame by frame there may be one
// for each row.
inline int32_t detector_results(const Spotter::Settings& settings, bool frame_by_frame) {
  constexpr int64_t kMost = 1024;
  if (settings.detector.faults.full_queue_drops_newest) return Detector::kReferenceResults;
  const int64_t step = settings.front_end.window_step_ms;
  int64_t interval = !frame_by_frame && settings.latency_ms > step ? settings.latency_ms : step;
  if (interval < 1) interval = 1;
  int64_t results = settings.detector.average_window_duration_ms / interval + 2;
  if (results < settings.detector.minimum_count) results = settings.detector.minimum_count;
  return static_cast<int32_t>(results < kMost ? (results > 1 ? results : 1) : kMost);
}

// The parts of the spotter's memory behind the front end's, in their order; each begins aligned.
// REQUIRES: settings that the front end accepts, classes > 0.
struct SpotterLayout {
  size_t spectrogram;
  size_t scores;
  size_t detector;

  SpotterLayout(const Spotter::Settings& settings, int32_t classes, bool frame_by_frame)
      : spectrogram(round_up(static_cast<size_t>(frame_by_frame ? 1 : settings.front_end.frames()) *
                             static_cast<size_t>(settings.front_end.filterbank_n_channels) *
                             sizeof(uint16_t))),
        scores(round_up(static_cast<size_t>(classes))),
        detector(
            round_up(Detector::memory_bytes(classes, detector_results(settings, frame_by_frame)))) {
  }
  size_t total() const { return spectrogram + scores + detector; }
};

}  // namespace stapes
