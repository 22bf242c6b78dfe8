#pragma once
#include <cstring>
#include <string>
#include <vector>

#include "toolkit/graph/graph.h"
#include "toolkit/graph/parameters.h"

// A model that listens: loudness in the upper half of the channels is "high", in the lower half
// "low", neither is "_unknown_". Made of one dense layer and a softmax, float32, so that what it
// answers can be told by hand.
namespace stapes::test {

inline constexpr int kTinyChannels = 8;
inline constexpr int kTinyFrames = 18;  // 200 ms in windows of 25 ms every 10 ms

inline graph::Tensor float_tensor(const std::string& name, std::vector<int32_t> shape,
                                  const std::vector<float>& values = {}) {
  graph::Tensor tensor;
  tensor.name = name;
  tensor.shape = std::move(shape);
  tensor.data.resize(values.size() * sizeof(float));
  if (!values.empty()) std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
  return tensor;
}

// Scores are softmax(mean of the channels of each half - 1, 0) after normalization.
inline graph::Graph tiny_graph() {
  constexpr int kInputs = kTinyFrames * kTinyChannels;
  std::vector<float> weights(3 * kInputs, 0.0F);
  for (int i = 0; i < kInputs; ++i) {
    const bool upper = i % kTinyChannels >= kTinyChannels / 2;
    const int row = upper ? 0 : kInputs;
    weights[static_cast<size_t>(row) + static_cast<size_t>(i)] = 32.0F / kInputs;
  }
  graph::Graph graph;
  graph.inputs = {graph.add_tensor(float_tensor("input", {1, kTinyFrames, 1, kTinyChannels}))};
  const int32_t shape = graph.add_tensor({});
  graph.tensors[static_cast<size_t>(shape)].name = "shape";
  graph.tensors[static_cast<size_t>(shape)].shape = {2};
  graph.tensors[static_cast<size_t>(shape)].type = TensorType::kInt32;
  const int32_t values[2] = {1, kInputs};
  graph.tensors[static_cast<size_t>(shape)].data.resize(sizeof values);
  std::memcpy(graph.tensors[static_cast<size_t>(shape)].data.data(), values, sizeof values);
  const int32_t flat = graph.add_tensor(float_tensor("flat", {1, kInputs}));
  const int32_t kernel = graph.add_tensor(float_tensor("kernel", {3, kInputs}, weights));
  const int32_t bias = graph.add_tensor(float_tensor("bias", {3}, {0.0F, 0.0F, 1.0F}));
  const int32_t logits = graph.add_tensor(float_tensor("logits", {1, 3}));
  const int32_t scores = graph.add_tensor(float_tensor("scores", {1, 3}));
  graph.outputs = {scores};
  const auto add = [&](OperatorCode code, std::vector<int32_t> inputs, int32_t output) {
    graph::Operator op;
    op.code = code;
    op.inputs = std::move(inputs);
    op.outputs = {output};
    if (code == OperatorCode::kReshape) op.options.new_shape = {1, kInputs};
    graph.operators.push_back(std::move(op));
  };
  add(OperatorCode::kReshape, {graph.inputs[0], shape}, flat);
  add(OperatorCode::kFullyConnected, {flat, kernel, bias}, logits);
  add(OperatorCode::kSoftmax, {logits}, scores);
  return graph;
}

inline const std::vector<std::string>& tiny_classes() {
  static const std::vector<std::string> classes = {"high", "low", "_unknown_"};
  return classes;
}

inline graph::Parameters tiny_parameters() {
  graph::Parameters parameters;
  parameters.set("classes", tiny_classes());
  parameters.set("fe.sample_rate_hz", int64_t{16000});
  parameters.set("fe.sample_length_ms", int64_t{200});
  parameters.set("fe.filterbank_n_channels", int64_t{kTinyChannels});
  parameters.set("samplewise_norm.mean_and_std", true);
  parameters.set("average_window_duration_ms", int64_t{50});
  parameters.set("detection_threshold", int64_t{180});
  parameters.set("suppression_ms", int64_t{300});
  parameters.set("minimum_count", int64_t{2});
  parameters.set("latency_ms", int64_t{20});
  return parameters;
}

}  // namespace stapes::test
