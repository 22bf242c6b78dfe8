#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "device/frontend/front_end.h"
#include "toolkit/specification/specification.h"

namespace stapes {

// From PCM to what a model gets to see, with the front end of the device.
//
//   FeatureExtractor extractor(specification.features);
//   std::vector<float> input(extractor.values());
//   extractor.model_input(audio::to_pcm16(clip.samples), input);
//
// An instance belongs to one thread at a time; any number may work side by side.
class FeatureExtractor {
 public:
  // Throws Error if the front end refuses the settings.
  explicit FeatureExtractor(const FeatureSettings& settings);

  int32_t frames() const { return settings_.front_end.frames(); }  // of one model input
  int32_t channels() const { return settings_.front_end.filterbank_n_channels; }
  size_t values() const { return static_cast<size_t>(frames()) * static_cast<size_t>(channels()); }
  const FeatureSettings& settings() const { return settings_; }

  // The raw spectrogram of all samples [rows, channels], row after row in time, low frequencies
  // first; starts from a reset front end. Empty if there are fewer samples than one window.
  std::vector<uint16_t> spectrogram(std::span<const int16_t> samples);

  // Normalizes one model input as the settings say (mean and standard deviation, rescaling, or
  // nothing but the conversion to float). REQUIRES: equal sizes
  void normalize(std::span<const uint16_t> rows, std::span<float> output) const;

  // The model input of the last frames() rows of the spectrogram of `samples`: what comes before
  // them (usually a second) only warms the noise estimate. Throws Error if the samples give fewer
  // rows. REQUIRES: output.size() == values()
  // `change`, where there is one, may change those rows before they are normalized.
  using ChangeRows = std::function<void(std::span<uint16_t> rows)>;
  void model_input(std::span<const int16_t> samples, std::span<float> output,
                   const ChangeRows& change = {});

  // Of the last spectrogram: whether the activity detector, if it is on, found sound to begin.
  bool activity_was_detected() { return front_end_.activity_was_detected(); }

 private:
  struct alignas(kTableAlignment) Block {
    uint8_t bytes[kTableAlignment];
  };

  FeatureSettings settings_;
  std::unique_ptr<Block[]> memory_;
  FrontEnd front_end_;
};

}  // namespace stapes
