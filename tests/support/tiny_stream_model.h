#pragma once
#include "tests/support/tiny_model.h"

// The tiny model for listening frame by frame: loudness of each half of the channels over the last
// ten rows of features that are multiplied by a fixed number.
namespace stapes::test {

inline constexpr int kTinyReach = 10;  // rows

inline graph::Graph tiny_stream_graph() {
  constexpr int kRows = kTinyFrames - kTinyReach + 1;
  std::vector<float> weights(3 * kTinyChannels, 0.0F);
  for (size_t i = 0; i < kTinyChannels; ++i) {
    weights[(i < kTinyChannels / 2 ? kTinyChannels : 0) + i] = 1.0F;
  }
  graph::Graph graph;
  const auto integers = [&](const std::string& name, const std::vector<int32_t>& values) {
    graph::Tensor tensor;
    tensor.name = name;
    tensor.type = TensorType::kInt32;
    tensor.shape = {static_cast<int32_t>(values.size())};
    tensor.data.resize(values.size() * sizeof(int32_t));
    std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
    return graph.add_tensor(std::move(tensor));
  };
  const auto add = [&](OperatorCode code, std::vector<int32_t> inputs, const std::string& name,
                       std::vector<int32_t> shape) -> graph::Operator& {
    graph::Operator op;
    op.code = code;
    op.inputs = std::move(inputs);
    op.outputs = {graph.add_tensor(float_tensor(name, std::move(shape)))};
    graph.operators.push_back(std::move(op));
    return graph.operators.back();
  };
  graph.inputs = {graph.add_tensor(float_tensor("input", {1, kTinyFrames, 1, kTinyChannels}))};
  graph::Operator& pool =
      add(OperatorCode::kAveragePool2D, graph.inputs, "loudness", {1, kRows, 1, kTinyChannels});
  pool.options.padding = Padding::kValid;
  pool.options.filter_height = kTinyReach;
  pool.options.filter_width = 1;
  const int32_t loudness = pool.outputs[0];
  const int32_t kernel =
      graph.add_tensor(float_tensor("kernel", {3, 1, 1, kTinyChannels}, weights));
  const int32_t bias = graph.add_tensor(float_tensor("bias", {3}, {0.0F, 0.0F, 4.0F}));
  const int32_t logits =
      add(OperatorCode::kConv2D, {loudness, kernel, bias}, "logits", {1, kRows, 1, 3}).outputs[0];
  graph::Operator& reshape = add(OperatorCode::kReshape, {logits, integers("steps", {1, kRows, 3})},
                                 "sequence", {1, kRows, 3});
  reshape.options.new_shape = {1, kRows, 3};
  const int32_t sequence = reshape.outputs[0];
  graph::Operator& last = add(OperatorCode::kStridedSlice,
                              {sequence, integers("begin", {0, -1, 0}), integers("end", {0, 0, 0}),
                               integers("strides", {1, 1, 1})},
                              "last", {1, 3});
  last.options.begin_mask = last.options.end_mask = 0b101;
  last.options.shrink_axis_mask = 0b010;
  const int32_t now = last.outputs[0];
  graph.outputs = {add(OperatorCode::kSoftmax, {now}, "scores", {1, 3}).outputs[0]};
  return graph;
}

inline graph::Parameters tiny_stream_parameters() {
  graph::Parameters parameters = tiny_parameters();
  parameters.erase("samplewise_norm.mean_and_std");
  parameters.set("samplewise_norm.rescale", 0.005);
  return parameters;
}

}  // namespace stapes::test
