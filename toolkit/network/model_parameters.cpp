#include "toolkit/network/model_parameters.h"

#include <string>
#include <type_traits>

namespace stapes::network {
namespace {

// Calls visit("window_size_ms", settings.window_size_ms) for every front-end setting, so that
// writing and reading cannot differ.
template <typename Settings, typename Visit>
void visit_front_end(Settings& s, const Visit& visit) {
  visit("sample_rate_hz", s.sample_rate_hz);
  visit("sample_length_ms", s.sample_length_ms);
  visit("window_size_ms", s.window_size_ms);
  visit("window_step_ms", s.window_step_ms);
  visit("filterbank_n_channels", s.filterbank_n_channels);
  visit("filterbank_upper_band_limit", s.filterbank_upper_band_limit);
  visit("filterbank_lower_band_limit", s.filterbank_lower_band_limit);
  visit("noise_reduction_enable", s.noise_reduction_enable);
  visit("noise_reduction_smoothing_bits", s.noise_reduction_smoothing_bits);
  visit("noise_reduction_even_smoothing", s.noise_reduction_even_smoothing);
  visit("noise_reduction_odd_smoothing", s.noise_reduction_odd_smoothing);
  visit("noise_reduction_min_signal_remaining", s.noise_reduction_min_signal_remaining);
  visit("pcan_enable", s.pcan_enable);
  visit("pcan_strength", s.pcan_strength);
  visit("pcan_offset", s.pcan_offset);
  visit("pcan_gain_bits", s.pcan_gain_bits);
  visit("log_scale_enable", s.log_scale_enable);
  visit("log_scale_shift", s.log_scale_shift);
  visit("activity_detection_enable", s.activity_detection_enable);
  visit("activity_detection_alpha_a", s.activity_detection_alpha_a);
  visit("activity_detection_alpha_b", s.activity_detection_alpha_b);
  visit("activity_detection_arm_threshold", s.activity_detection_arm_threshold);
  visit("activity_detection_trip_threshold", s.activity_detection_trip_threshold);
  visit("dc_notch_filter_enable", s.dc_notch_filter_enable);
  visit("dc_notch_filter_coefficient", s.dc_notch_filter_coefficient);
  visit("quantize_dynamic_scale_enable", s.quantize_dynamic_scale_enable);
  visit("quantize_dynamic_scale_range_db", s.quantize_dynamic_scale_range_db);
}

}  // namespace

graph::Parameters model_parameters(const Specification& specification) {
  graph::Parameters parameters;
  parameters.set("name", specification.name);
  parameters.set("version", int64_t{specification.version});
  parameters.set("classes", specification.classes());

  const FrontEndSettings& fe = specification.features.front_end;
  visit_front_end(fe, [&](const char* key, const auto& value) {
    using Value = std::decay_t<decltype(value)>;
    const std::string name = std::string("fe.") + key;
    if constexpr (std::is_same_v<Value, bool>) {
      parameters.set(name, value);
    } else if constexpr (std::is_same_v<Value, int32_t>) {
      parameters.set(name, int64_t{value});
    } else {
      parameters.set(name, static_cast<double>(value));
    }
  });
  int64_t fft_length = 1;  // informational: the front end works it out by itself
  while (fft_length < fe.window_samples()) fft_length *= 2;
  parameters.set("fe.fft_length", fft_length);

  switch (specification.features.normalization) {
    case Normalization::kMeanAndStd:
      parameters.set("samplewise_norm.mean_and_std", true);
      break;
    case Normalization::kRescale:
      parameters.set("samplewise_norm.rescale", specification.features.rescale);
      break;
    case Normalization::kNone:
      parameters.set("samplewise_norm.mean_and_std", false);
      break;
  }

  const DetectorSettings& detector = specification.detector;
  parameters.set("average_window_duration_ms", int64_t{detector.average_window_duration_ms});
  parameters.set("detection_threshold", int64_t{detector.detection_threshold});
  if (!detector.detection_threshold_list.empty()) {
    parameters.set("detection_threshold_list",
                   std::vector<int64_t>(detector.detection_threshold_list.begin(),
                                        detector.detection_threshold_list.end()));
  }
  parameters.set("suppression_ms", int64_t{detector.suppression_ms});
  parameters.set("minimum_count", int64_t{detector.minimum_count});
  parameters.set("volume_gain", detector.volume_gain);
  parameters.set("latency_ms", int64_t{detector.latency_ms});
  parameters.set("verbose_model_output_logs", detector.verbose_model_output_logs);
  for (const auto& [key, value] : specification.parameters) {
    std::visit([&](const auto& item) { parameters.set(key, item); }, value);
  }
  return parameters;
}

FeatureSettings feature_settings(const graph::Parameters& parameters) {
  FeatureSettings features;
  visit_front_end(features.front_end, [&](const char* key, auto& value) {
    using Value = std::decay_t<decltype(value)>;
    const std::string name = std::string("fe.") + key;
    if (!parameters.contains(name)) return;
    if constexpr (std::is_same_v<Value, bool>) {
      value = parameters.boolean(name);
    } else if constexpr (std::is_same_v<Value, int32_t>) {
      value = static_cast<int32_t>(parameters.integer(name));
    } else {
      value = static_cast<float>(parameters.number(name));
    }
  });
  const double rescale = parameters.number("samplewise_norm.rescale", 0.0);
  if (rescale != 0.0) {
    features.normalization = Normalization::kRescale;
    features.rescale = rescale;
  } else if (parameters.boolean("samplewise_norm.mean_and_std", false)) {
    features.normalization = Normalization::kMeanAndStd;
  } else {
    features.normalization = Normalization::kNone;
  }
  return features;
}

}  // namespace stapes::network
