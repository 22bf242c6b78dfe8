#pragma once
#include <cstdint>

namespace stapes {

// Settings of the audio front end; names, meaning and defaults as in the reference toolkit's `fe.*`
// parameters. docs/frontend.md explains each block.
struct FrontEndSettings {
  int32_t sample_rate_hz = 16000;
  int32_t sample_length_ms = 1000;  // the window of sound that one inference sees
  int32_t window_size_ms = 25;
  int32_t window_step_ms = 10;
  int32_t filterbank_n_channels = 32;
  float filterbank_upper_band_limit = 7500.0F;  // Hz
  float filterbank_lower_band_limit = 125.0F;   // Hz
  bool noise_reduction_enable = false;
  int32_t noise_reduction_smoothing_bits = 10;
  float noise_reduction_even_smoothing = 0.025F;
  float noise_reduction_odd_smoothing = 0.06F;
  float noise_reduction_min_signal_remaining = 0.05F;
  bool pcan_enable = false;
  float pcan_strength = 0.95F;
  float pcan_offset = 80.0F;
  int32_t pcan_gain_bits = 21;
  bool log_scale_enable = true;
  int32_t log_scale_shift = 6;
  bool activity_detection_enable = false;
  float activity_detection_alpha_a = 0.5F;
  float activity_detection_alpha_b = 0.8F;
  float activity_detection_arm_threshold = 0.75F;
  float activity_detection_trip_threshold = 0.8F;
  bool dc_notch_filter_enable = false;
  float dc_notch_filter_coefficient = 0.95F;
  bool quantize_dynamic_scale_enable = false;
  float quantize_dynamic_scale_range_db = 40.0F;

  int32_t window_samples() const { return window_size_ms * sample_rate_hz / 1000; }
  int32_t step_samples() const { return window_step_ms * sample_rate_hz / 1000; }
  int32_t clip_samples() const {
    return static_cast<int32_t>(int64_t{sample_length_ms} * sample_rate_hz / 1000);
  }
  // Rows of the spectrogram of `samples` samples; 0 when there are fewer than one window.
  int32_t frames(int32_t samples) const {
    return samples < window_samples() ? 0 : (samples - window_samples()) / step_samples() + 1;
  }
  int32_t frames() const { return frames(clip_samples()); }
};

}  // namespace stapes
