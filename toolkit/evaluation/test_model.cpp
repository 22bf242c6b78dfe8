#include "toolkit/evaluation/test_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "device/frontend/model_input.h"
#include "toolkit/base/error.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/network/model_parameters.h"

namespace stapes::evaluation {
namespace {

constexpr const char* kFrontEndKey = "fe.sample_rate_hz";

const graph::Tensor& only_tensor(const TestModel& model, const std::vector<int32_t>& indices,
                                 const char* what) {
  if (indices.size() != 1) {
    throw Error("cannot use the model", model.path.string(),
                fmt::format("the model has {} {}s", indices.size(), what),
                fmt::format("it must have one {}", what));
  }
  const graph::Tensor& tensor = model.graph.tensors[static_cast<size_t>(indices[0])];
  if (tensor.type != TensorType::kFloat32 && tensor.type != TensorType::kInt8) {
    throw Error("cannot use the model", model.path.string(),
                fmt::format("its {} is {}", what, graph::name_of(tensor.type)),
                "it must be FLOAT32 or INT8");
  }
  return tensor;
}

// Takes from the specification what the model does not say itself. The front end's settings belong
// together: the model's, or all of the specification's.
void fill_from(const Specification& specification, graph::Parameters& parameters) {
  const bool has_front_end = parameters.contains(kFrontEndKey);
  const graph::Parameters more = network::model_parameters(specification);
  for (const auto& [key, value] : more.entries()) {
    const bool of_front_end = key.starts_with("fe.") || key.starts_with("samplewise_norm.");
    if (of_front_end ? !has_front_end : !parameters.contains(key)) parameters.set(key, value);
  }
}

void check(const TestModel& model) {
  const FrontEndSettings& fe = model.features.front_end;
  const int64_t wanted = int64_t{fe.frames()} * fe.filterbank_n_channels;
  const graph::Tensor& input = only_tensor(model, model.graph.inputs, "input");
  if (input.elements() != wanted) {
    throw Error("cannot use the model", model.path.string(),
                fmt::format("its input has {} values, and the front end gives {} x {}",
                            input.elements(), fe.frames(), fe.filterbank_n_channels),
                "name the specification that the model was made from");
  }
  const graph::Tensor& output = only_tensor(model, model.graph.outputs, "output");
  if (output.elements() != static_cast<int64_t>(model.classes.size())) {
    throw Error(
        "cannot evaluate", model.path.string(),
        fmt::format("it has {} scores and {} labels", output.elements(), model.classes.size()),
        "name the specification that the model was made from");
  }
}

}  // namespace

TestModel read_test_model(const Path& path, const Specification* specification) {
  TestModel model;
  model.path = path;
  model.name = path.filename().string();
  for (const char* extension : {".mltk.zip", ".tflite"}) {
    if (model.name.ends_with(extension)) {
      model.name.resize(model.name.size() - std::string(extension).size());
      break;
    }
  }
  model.graph = graph::read_tflite(path);
  model.parameters = graph::read_parameters(model.graph);

  if (specification != nullptr) fill_from(*specification, model.parameters);
  if (!model.parameters.contains("classes")) {
    throw Error("cannot use the model", path.string(), "it does not say what its classes are",
                "name its specification, or write them into the model: "
                "stapes params MODEL classes=[yes,no]");
  }
  if (!model.parameters.contains(kFrontEndKey)) {
    throw Error("cannot use the model", path.string(),
                "it does not say which front end it was trained with", "name its specification");
  }
  model.classes = model.parameters.text_list("classes");
  model.features = network::feature_settings(model.parameters);
  check(model);
  return model;
}

void require_same_front_end(const TestModel& first, const TestModel& second) {
  Specification a, b;
  a.features = first.features;
  b.features = second.features;
  const graph::Parameters of_first = network::model_parameters(a);
  const graph::Parameters of_second = network::model_parameters(b);
  for (const auto& [key, value] : of_first.entries()) {
    const auto* other = of_second.find(key);
    if (other == nullptr || *other != value) {
      throw Error("cannot compare", second.path.string(),
                  fmt::format("its {} differs from that of {}", key, first.path.string()),
                  "compare models of the same specification");
    }
  }
}

void set_features(graph::Executor& executor, const TestModel& model,
                  std::span<const float> features) {
  const graph::Tensor& input = model.graph.tensors[static_cast<size_t>(model.graph.inputs.front())];
  if (input.type == TensorType::kFloat32) {
    executor.set_input(0, features);
    return;
  }
  std::vector<int8_t> values(features.size());
  if (model.features.normalization == Normalization::kNone) {
    std::vector<uint16_t> spectrogram(features.size());
    std::transform(features.begin(), features.end(), spectrogram.begin(),
                   [](float value) { return static_cast<uint16_t>(value); });
    quantize_spectrogram(model.features.front_end, spectrogram.data(),
                         static_cast<int32_t>(spectrogram.size()), values.data());
  } else {
    const float scale = input.quantization.scale.empty() ? 1.0F : input.quantization.scale.front();
    const auto zero_point = static_cast<float>(
        input.quantization.zero_point.empty() ? 0 : input.quantization.zero_point.front());
    std::transform(features.begin(), features.end(), values.begin(), [&](float value) {
      const float stored = std::round(value / scale) + zero_point;
      return static_cast<int8_t>(std::clamp(stored, -128.0F, 127.0F));
    });
  }
  executor.set_input(
      0, std::span<const uint8_t>(reinterpret_cast<const uint8_t*>(values.data()), values.size()));
}

}  // namespace stapes::evaluation
