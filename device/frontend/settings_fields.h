#pragma once
#include "device/frontend/settings.h"

namespace stapes {

// Calls visit(name, member) for every setting of the front end, in the order in which the
// reference toolkit lists them. `Settings` is FrontEndSettings or a const one; members are bool&,
// int32_t& and float&. The one list of names for reading and writing `fe.*` keys.
template <typename Settings, typename Visit>
void for_each_front_end_field(Settings& settings, Visit&& visit) {
  visit("sample_rate_hz", settings.sample_rate_hz);
  visit("sample_length_ms", settings.sample_length_ms);
  visit("window_size_ms", settings.window_size_ms);
  visit("window_step_ms", settings.window_step_ms);
  visit("filterbank_n_channels", settings.filterbank_n_channels);
  visit("filterbank_upper_band_limit", settings.filterbank_upper_band_limit);
  visit("filterbank_lower_band_limit", settings.filterbank_lower_band_limit);
  visit("noise_reduction_enable", settings.noise_reduction_enable);
  visit("noise_reduction_smoothing_bits", settings.noise_reduction_smoothing_bits);
  visit("noise_reduction_even_smoothing", settings.noise_reduction_even_smoothing);
  visit("noise_reduction_odd_smoothing", settings.noise_reduction_odd_smoothing);
  visit("noise_reduction_min_signal_remaining", settings.noise_reduction_min_signal_remaining);
  visit("pcan_enable", settings.pcan_enable);
  visit("pcan_strength", settings.pcan_strength);
  visit("pcan_offset", settings.pcan_offset);
  visit("pcan_gain_bits", settings.pcan_gain_bits);
  visit("log_scale_enable", settings.log_scale_enable);
  visit("log_scale_shift", settings.log_scale_shift);
  visit("activity_detection_enable", settings.activity_detection_enable);
  visit("activity_detection_alpha_a", settings.activity_detection_alpha_a);
  visit("activity_detection_alpha_b", settings.activity_detection_alpha_b);
  visit("activity_detection_arm_threshold", settings.activity_detection_arm_threshold);
  visit("activity_detection_trip_threshold", settings.activity_detection_trip_threshold);
  visit("dc_notch_filter_enable", settings.dc_notch_filter_enable);
  visit("dc_notch_filter_coefficient", settings.dc_notch_filter_coefficient);
  visit("quantize_dynamic_scale_enable", settings.quantize_dynamic_scale_enable);
  visit("quantize_dynamic_scale_range_db", settings.quantize_dynamic_scale_range_db);
}

}  // namespace stapes
