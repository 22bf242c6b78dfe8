#pragma once
#include <string>
#include <vector>

#include "toolkit/base/philox.h"
#include "toolkit/graph/graph.h"
#include "toolkit/quantization/constants.h"

// Small float graphs for tests, built operator by operator.
namespace stapes::quantization {

class GraphBuilder {
 public:
  explicit GraphBuilder(std::vector<int32_t> input_shape) {
    graph.inputs = {tensor("input", std::move(input_shape))};
  }

  int32_t input() const { return graph.inputs[0]; }

  int32_t tensor(std::string name, std::vector<int32_t> shape) {
    graph::Tensor result;
    result.name = std::move(name);
    result.shape = std::move(shape);
    return graph.add_tensor(std::move(result));
  }
  int32_t state(std::string name, std::vector<int32_t> shape) {
    const int32_t index = tensor(std::move(name), std::move(shape));
    graph.tensors[static_cast<size_t>(index)].is_variable = true;
    return index;
  }
  int32_t constant(std::vector<int32_t> shape, const std::vector<float>& values) {
    return graph.add_tensor(float_constant("constant" + std::to_string(graph.tensors.size()),
                                           std::move(shape), values));
  }
  int32_t integers(const std::vector<int32_t>& values) {
    return graph.add_tensor(
        int32_constant("integers" + std::to_string(graph.tensors.size()), values));
  }
  int32_t random(std::vector<int32_t> shape, double spread) {
    size_t count = 1;
    for (const int32_t d : shape) count *= static_cast<size_t>(d);
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(random_.normal() * spread);
    return constant(std::move(shape), values);
  }

  // Appends an operator and returns its output of the given shape.
  int32_t add(OperatorCode code, std::vector<int32_t> inputs, std::vector<int32_t> shape,
              graph::Options options = {}) {
    graph::Operator op;
    op.code = code;
    op.inputs = std::move(inputs);
    op.options = std::move(options);
    op.outputs = {tensor(std::string(graph::name_of(code)) + std::to_string(graph.operators.size()),
                         std::move(shape))};
    graph.operators.push_back(op);
    return op.outputs[0];
  }

  // LSTM [1, time, features] -> [1, time, units] with random weights.
  int32_t add_lstm(int32_t input, int32_t time, int32_t features, int32_t units,
                   bool gate_norm = false) {
    std::vector<int32_t> inputs(graph::lstm::kInputs, -1);
    inputs[graph::lstm::kInput] = input;
    for (size_t gate = 0; gate < 4; ++gate) {
      inputs[graph::lstm::kInputWeights + gate] = random({units, features}, 0.4);
      inputs[graph::lstm::kRecurrentWeights + gate] = random({units, units}, 0.4);
      inputs[graph::lstm::kBias + gate] = random({units}, 0.2);
      if (gate_norm) inputs[graph::lstm::kLayerNorm + gate] = random({units}, 0.7);
    }
    inputs[graph::lstm::kHiddenState] = state("hidden", {1, units});
    inputs[graph::lstm::kCellState] = state("cell", {1, units});
    graph::Options options;
    options.activation = Activation::kTanh;
    options.cell_clip = 10.0F;
    return add(OperatorCode::kUnidirectionalSequenceLstm, inputs, {1, time, units}, options);
  }

  // Layer normalization over the last axis, with the operators that our own lowering writes.
  int32_t add_layer_norm(int32_t input, std::vector<int32_t> shape, const std::vector<float>& gamma,
                         const std::vector<float>& beta, float epsilon = 1e-3F) {
    std::vector<int32_t> row = shape;
    row.back() = 1;
    graph::Options keep;
    keep.keep_dimensions = true;
    const int32_t axis = integers({-1});
    const int32_t mean = add(OperatorCode::kMean, {input, axis}, row, keep);
    const int32_t centred = add(OperatorCode::kSub, {input, mean}, shape);
    const int32_t squares = add(OperatorCode::kMul, {centred, centred}, shape);
    const int32_t variance = add(OperatorCode::kMean, {squares, axis}, row, keep);
    const int32_t sum = add(OperatorCode::kAdd, {variance, constant({1}, {epsilon})}, row);
    const int32_t rsqrt = add(OperatorCode::kRsqrt, {sum}, row);
    const int32_t normalized = add(OperatorCode::kMul, {centred, rsqrt}, shape);
    const int32_t scaled =
        add(OperatorCode::kMul, {normalized, constant({shape.back()}, gamma)}, shape);
    return add(OperatorCode::kAdd, {scaled, constant({shape.back()}, beta)}, shape);
  }

  graph::Graph finish(int32_t output) {
    graph.outputs = {output};
    return graph;
  }

  graph::Graph graph;

 private:
  Random random_{7, Purpose::kTest};
};

inline std::vector<float> random_inputs(size_t count, size_t size, uint64_t seed = 3) {
  Random random(seed, Purpose::kTest);
  std::vector<float> values(count * size);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

}  // namespace stapes::quantization
