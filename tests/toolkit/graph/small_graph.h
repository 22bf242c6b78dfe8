#pragma once
#include <cstring>
#include <string>
#include <vector>

#include "toolkit/base/philox.h"
#include "toolkit/graph/graph.h"

// Graphs made for the tests, with weights from the project's generator.
namespace stapes::graph::example {

inline Bytes to_bytes(const std::vector<float>& values) {
  Bytes bytes(values.size() * sizeof(float));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

inline Bytes to_bytes(const std::vector<int32_t>& values) {
  Bytes bytes(values.size() * sizeof(int32_t));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

inline int32_t add_value(Graph& graph, const std::string& name, std::vector<int32_t> shape) {
  Tensor tensor;
  tensor.name = name;
  tensor.shape = std::move(shape);
  return graph.add_tensor(std::move(tensor));
}

inline int32_t add_random(Graph& graph, const std::string& name, std::vector<int32_t> shape,
                          double spread = 0.5) {
  Tensor tensor;
  tensor.name = name;
  tensor.shape = std::move(shape);
  Random random(11, Purpose::kTest, 0, graph.tensors.size());
  std::vector<float> values(static_cast<size_t>(tensor.elements()));
  for (float& value : values) value = static_cast<float>(random.uniform(-spread, spread));
  tensor.data = to_bytes(values);
  return graph.add_tensor(std::move(tensor));
}

inline int32_t add_integers(Graph& graph, const std::string& name,
                            const std::vector<int32_t>& values) {
  Tensor tensor;
  tensor.name = name;
  tensor.type = TensorType::kInt32;
  tensor.shape = {static_cast<int32_t>(values.size())};
  tensor.data = to_bytes(values);
  return graph.add_tensor(std::move(tensor));
}

inline int32_t add_variable(Graph& graph, const std::string& name, std::vector<int32_t> shape) {
  const int32_t index = add_value(graph, name, std::move(shape));
  graph.tensors.back().is_variable = true;
  return index;
}

// An LSTM [1, time, inputs] -> [1, time, units].
inline int32_t add_lstm(Graph& graph, int32_t input, int32_t units, float cell_clip = 10.0F) {
  const std::vector<int32_t> shape = graph.tensors[static_cast<size_t>(input)].shape;
  Operator op;
  op.code = OperatorCode::kUnidirectionalSequenceLstm;
  op.inputs.assign(lstm::kInputs, -1);
  op.inputs[lstm::kInput] = input;
  for (size_t gate = 0; gate < 4; ++gate) {
    const std::string name = "lstm/" + std::to_string(gate);
    op.inputs[lstm::kInputWeights + gate] = add_random(graph, name + "/w", {units, shape[2]});
    op.inputs[lstm::kRecurrentWeights + gate] = add_random(graph, name + "/r", {units, units});
    op.inputs[lstm::kBias + gate] = add_random(graph, name + "/b", {units});
  }
  op.inputs[lstm::kHiddenState] = add_variable(graph, "lstm/hidden", {shape[0], units});
  op.inputs[lstm::kCellState] = add_variable(graph, "lstm/cell", {shape[0], units});
  for (int i = 0; i < 5; ++i) {
    op.intermediates.push_back(add_value(graph, "lstm/intermediate" + std::to_string(i), {0}));
  }
  op.options.activation = Activation::kTanh;
  op.options.cell_clip = cell_clip;
  op.outputs = {add_value(graph, "lstm", {shape[0], shape[1], units})};
  graph.operators.push_back(op);
  return op.outputs[0];
}

// conv 3x1 with stride 2 and ReLU -> reshape -> LSTM -> last step -> dense -> softmax: a keyword
// model in small, [1, 8, 1, 4] -> [1, 3].
inline Graph small_graph() {
  Graph graph;
  graph.description = "a small model";
  graph.metadata["min_runtime_version"] = {'1', '.', '5', 0};
  graph.metadata["SL_PARAMSv1"] = {1, 2, 3, 4, 5, 6, 7};
  const int32_t input = add_value(graph, "input", {1, 8, 1, 4});
  const int32_t kernel = add_random(graph, "conv/kernel", {6, 3, 1, 4});
  const int32_t bias = add_random(graph, "conv/bias", {6});
  const int32_t conv = add_value(graph, "conv", {1, 4, 1, 6});
  Operator op;
  op.code = OperatorCode::kConv2D;
  op.version = 1;
  op.inputs = {input, kernel, bias};
  op.outputs = {conv};
  op.options.stride_height = 2;
  op.options.activation = Activation::kRelu;
  graph.operators.push_back(op);

  op = {};
  op.code = OperatorCode::kReshape;
  op.inputs = {conv, add_integers(graph, "shape", {1, 4, 6})};
  op.outputs = {add_value(graph, "steps", {1, 4, 6})};
  graph.operators.push_back(op);

  const int32_t sequence = add_lstm(graph, op.outputs[0], 5);
  op = {};
  op.code = OperatorCode::kStridedSlice;
  op.inputs = {sequence, add_integers(graph, "begin", {0, -1, 0}),
               add_integers(graph, "end", {0, 0, 5}), add_integers(graph, "strides", {1, 1, 1})};
  op.outputs = {add_value(graph, "last", {1, 5})};
  op.options.begin_mask = 5;
  op.options.end_mask = 5;
  op.options.shrink_axis_mask = 2;
  graph.operators.push_back(op);

  const int32_t last = op.outputs[0];
  op = {};
  op.code = OperatorCode::kFullyConnected;
  op.inputs = {last, add_random(graph, "dense/kernel", {3, 5}),
               add_random(graph, "dense/bias", {3})};
  op.outputs = {add_value(graph, "logits", {1, 3})};
  graph.operators.push_back(op);

  const int32_t logits = op.outputs[0];
  op = {};
  op.code = OperatorCode::kSoftmax;
  op.inputs = {logits};
  op.outputs = {add_value(graph, "scores", {1, 3})};
  graph.operators.push_back(op);
  graph.inputs = {input};
  graph.outputs = op.outputs;
  return graph;
}

}  // namespace stapes::graph::example
