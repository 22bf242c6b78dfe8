#include "toolkit/network/model_parameters.h"

#include <string>
#include <type_traits>

#include "device/frontend/settings_fields.h"

namespace stapes::network {
graph::Parameters model_parameters(const Specification& specification) {
  graph::Parameters parameters;
  parameters.set("name", specification.name);
  parameters.set("version", int64_t{specification.version});
  parameters.set("classes", specification.classes());

  const FrontEndSettings& fe = specification.features.front_end;
  for_each_front_end_field(fe, [&](const char* key, const auto& value) {
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
  for (const auto& parameter : specification.parameters) {
    std::visit([&](const auto& value) { parameters.set(parameter.first, value); },
               parameter.second);
  }
  return parameters;
}

FeatureSettings feature_settings(const graph::Parameters& parameters) {
  FeatureSettings features;
  for_each_front_end_field(features.front_end, [&](const char* key, auto& value) {
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
