#include <string>

#include "toolkit/specification/sections.h"

namespace stapes {

void read_features(TableReader reader, FeatureSettings& features) {
  FrontEndSettings& fe = features.front_end;
  reader.read("sample_rate_hz", fe.sample_rate_hz, 1000, 192000);
  reader.read("sample_length_ms", fe.sample_length_ms, 10, 60000);
  reader.read("window_size_ms", fe.window_size_ms, 1, 1000);
  reader.read("window_step_ms", fe.window_step_ms, 1, 1000);
  reader.read("filterbank_n_channels", fe.filterbank_n_channels, 1, 1024);
  reader.read("filterbank_upper_band_limit", fe.filterbank_upper_band_limit, 1.0, 96000.0);
  reader.read("filterbank_lower_band_limit", fe.filterbank_lower_band_limit, 0.0, 96000.0);
  reader.read("noise_reduction_enable", fe.noise_reduction_enable);
  reader.read("noise_reduction_smoothing_bits", fe.noise_reduction_smoothing_bits, 0, 16);
  reader.read("noise_reduction_even_smoothing", fe.noise_reduction_even_smoothing, 0.0, 1.0);
  reader.read("noise_reduction_odd_smoothing", fe.noise_reduction_odd_smoothing, 0.0, 1.0);
  reader.read("noise_reduction_min_signal_remaining", fe.noise_reduction_min_signal_remaining, 0.0,
              1.0);
  reader.read("pcan_enable", fe.pcan_enable);
  reader.read("pcan_strength", fe.pcan_strength, 0.0, 10.0);
  reader.read("pcan_offset", fe.pcan_offset, 0.0, 1e6);
  reader.read("pcan_gain_bits", fe.pcan_gain_bits, 1, 30);
  reader.read("log_scale_enable", fe.log_scale_enable);
  reader.read("log_scale_shift", fe.log_scale_shift, 0, 15);
  reader.read("activity_detection_enable", fe.activity_detection_enable);
  reader.read("activity_detection_alpha_a", fe.activity_detection_alpha_a, 0.0, 1.0);
  reader.read("activity_detection_alpha_b", fe.activity_detection_alpha_b, 0.0, 1.0);
  reader.read("activity_detection_arm_threshold", fe.activity_detection_arm_threshold, 0.0, 4.0);
  reader.read("activity_detection_trip_threshold", fe.activity_detection_trip_threshold, 0.0, 4.0);
  reader.read("dc_notch_filter_enable", fe.dc_notch_filter_enable);
  reader.read("dc_notch_filter_coefficient", fe.dc_notch_filter_coefficient, 0.0, 0.9999);
  reader.read("quantize_dynamic_scale_enable", fe.quantize_dynamic_scale_enable);
  reader.read("quantize_dynamic_scale_range_db", fe.quantize_dynamic_scale_range_db, 1.0, 200.0);
  if (fe.filterbank_lower_band_limit >= fe.filterbank_upper_band_limit) {
    reader.fail("filterbank_lower_band_limit", "it is not below filterbank_upper_band_limit");
  }
  if (fe.filterbank_upper_band_limit > static_cast<float>(fe.sample_rate_hz) / 2.0F) {
    reader.fail("filterbank_upper_band_limit", "it is above half the sample rate",
                "make it at most sample_rate_hz / 2");
  }
  if (fe.pcan_enable && !fe.noise_reduction_enable) {
    reader.fail("pcan_enable", "it needs the noise estimate", "set noise_reduction_enable = true");
  }
  if (fe.sample_length_ms < fe.window_size_ms) {
    reader.fail("sample_length_ms", "it is shorter than one window",
                "make it at least window_size_ms");
  }

  std::string normalization = "mean_and_std";
  reader.read_choice("normalization", normalization, {"mean_and_std", "none", "rescale"});
  features.normalization = normalization == "none"      ? Normalization::kNone
                           : normalization == "rescale" ? Normalization::kRescale
                                                        : Normalization::kMeanAndStd;
  reader.read("rescale", features.rescale, -1e9, 1e9);
  reader.finish();
}

}  // namespace stapes
