#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "device/spotter/spotter.h"
#include "toolkit/evaluation/test_model.h"

namespace stapes::evaluation {

// What a model's metadata says about listening to a stream; keys missing there have the reference
// toolkit's defaults.
struct StreamSettings {
  Spotter::Settings spotter;                  // its detection_thresholds stay null
  std::vector<uint8_t> detection_thresholds;  // one per class, or none
  bool verbose = false;
  bool frame_by_frame = false;  // Spotter::initialize_stream
};

// Throws Error when a value has the wrong kind or is out of range.
StreamSettings stream_settings(const TestModel& model);

// The device's spotter (device/spotter/spotter.h) with its memory and its model, for this computer:
// what it detects in a sound is what the board detects in the same samples.
class StreamSpotter {
 public:
  // Throws Error when the model cannot run or does not fit the settings.
  StreamSpotter(const TestModel& model, const StreamSettings& settings);
  ~StreamSpotter();
  StreamSpotter(const StreamSpotter&) = delete;
  StreamSpotter& operator=(const StreamSpotter&) = delete;

  // 16-bit samples at the rate that the front end wants; calls `on_inference` for each inference.
  void push(std::span<const int16_t> samples,
            const std::function<void(const Spotter::Inference&)>& on_inference);
  void reset();

  const Spotter& spotter() const;
  // For front end, spectrogram, detector and the model's arena, packed weights among it.
  size_t memory_bytes() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace stapes::evaluation
