#pragma once
#include "toolkit/graph/graph.h"

namespace stapes::test {

inline graph::Operator one_to_one(OperatorCode code, int32_t input, int32_t output) {
  graph::Operator op;
  op.code = code;
  op.inputs = {input};
  op.outputs = {output};
  return op;
}

// A float32 model that stores its input with 8 or 16 bits before anything else: QUANTIZE and
// DEQUANTIZE stand in front of what it was.
inline graph::Graph with_quantized_start(graph::Graph graph, TensorType type, float scale,
                                         int64_t zero_point) {
  const int32_t input = graph.inputs.at(0);
  graph::Tensor stored = graph.tensors.at(static_cast<size_t>(input));
  graph::Tensor real = stored;
  stored.name = "stored";
  stored.type = type;
  stored.quantization.scale = {scale};
  stored.quantization.zero_point = {zero_point};
  real.name = "real";
  const int32_t quantized = graph.add_tensor(std::move(stored));
  const int32_t dequantized = graph.add_tensor(std::move(real));
  for (graph::Operator& op : graph.operators) {
    for (int32_t& tensor : op.inputs) {
      if (tensor == input) tensor = dequantized;
    }
  }
  graph.operators.insert(graph.operators.begin(),
                         {one_to_one(OperatorCode::kQuantize, input, quantized),
                          one_to_one(OperatorCode::kDequantize, quantized, dequantized)});
  return graph;
}

// The same, but the last of its operators that read the stored values reads the float32 ones, too:
// what is behind the DEQUANTIZE is their sum with the input.
inline graph::Graph with_float_input_read_again(graph::Graph graph, TensorType type, float scale,
                                                int64_t zero_point) {
  graph = with_quantized_start(std::move(graph), type, scale, zero_point);
  const int32_t real = graph.operators[1].outputs[0];
  graph::Tensor sum = graph.tensors[static_cast<size_t>(real)];
  sum.name = "sum";
  const int32_t result = graph.add_tensor(std::move(sum));
  for (size_t i = 2; i < graph.operators.size(); ++i) {
    for (int32_t& tensor : graph.operators[i].inputs) {
      if (tensor == real) tensor = result;
    }
  }
  graph::Operator add = one_to_one(OperatorCode::kAdd, real, result);
  add.inputs.push_back(graph.inputs[0]);
  graph.operators.insert(graph.operators.begin() + 2, std::move(add));
  return graph;
}

}  // namespace stapes::test
