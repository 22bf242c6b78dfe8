#include "toolkit/quantization/round_weights.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"
#include "toolkit/quantization/constants.h"
#include "toolkit/quantization/joint_rounding.h"

namespace stapes::quantization {
namespace {

// One tensor of weights as rows, whatever the order in which the file has them: element i of a row
// is at row * row_stride + i * stride.
struct Block {
  Block(const graph::Tensor& weights, graph::Tensor& int8_weights, bool depthwise)
      : tensor(int8_weights),
        values(float_values(weights)),
        rows(static_cast<size_t>(depthwise ? weights.shape.back() : weights.shape.front())),
        size(values.size() / rows),
        row_stride(depthwise ? 1 : size),
        stride(depthwise ? rows : 1) {}

  float scale_of(size_t row) const {
    const std::vector<float>& scales = tensor.quantization.scale;
    return scales[scales.size() == 1 ? 0 : row];
  }
  float value(size_t row, size_t i) const { return values[row * row_stride + i * stride]; }
  void store(size_t row, size_t i, int8_t value) const {
    tensor.data[row * row_stride + i * stride] = static_cast<uint8_t>(value);
  }

  graph::Tensor& tensor;
  std::vector<float> values;
  size_t rows;
  size_t size;
  size_t row_stride;
  size_t stride;
};

// A row through all blocks of one sum: a convolution or dense layer has one block, a gate of an
// LSTM two, over x and over h.
struct Row {
  std::vector<float> weights;
  std::vector<float> steps;
  std::vector<int8_t> stored;

  Row(const std::vector<Block>& blocks, size_t row) {
    for (const Block& block : blocks) {
      for (size_t i = 0; i < block.size; ++i) weights.push_back(block.value(row, i));
      steps.resize(weights.size(), block.scale_of(row));
    }
    stored.resize(weights.size());
  }

  void store(const std::vector<Block>& blocks, size_t row) const {
    auto next = stored.begin();
    for (const Block& block : blocks) {
      for (size_t i = 0; i < block.size; ++i) block.store(row, i, *next++);
    }
  }

  // What the rounding adds to the sum, where these are the means of its inputs.
  double mean_error(const std::vector<double>& means) const {
    double sum = 0;
    for (size_t i = 0; i < means.size(); ++i) {
      sum +=
          means[i] * (static_cast<double>(steps[i]) * stored[i] - static_cast<double>(weights[i]));
    }
    return sum;
  }
};

// Both graphs' operands of one operator.
struct Operands {
  const graph::Graph& float_graph;
  const graph::Operator& float_operator;
  graph::Graph& int8_graph;
  const graph::Operator& int8_operator;

  bool has(size_t input) const {
    return input < float_operator.inputs.size() && float_operator.inputs[input] >= 0;
  }
  const graph::Tensor& original(size_t input) const {
    return float_graph.tensors[static_cast<size_t>(float_operator.inputs[input])];
  }
  graph::Tensor& stored(size_t input) const {
    return int8_graph.tensors[static_cast<size_t>(int8_operator.inputs[input])];
  }
  double step_of(size_t input) const {
    return static_cast<double>(stored(input).quantization.scale.at(0));
  }
};

// The moments of what the weights are multiplied with on the device: what the float graph has
// there, and the noise of its rounding to the inputs' steps, which has the variance step² / 12 and
// goes together with nothing.
JointRounding rounding_for(const Moments& seen, const std::vector<double>& steps, bool has_bias) {
  // Where a bias takes over the mean error, only what varies counts.
  std::vector<double> moments = has_bias ? seen.covariance() : seen.second_moments();
  for (size_t i = 0; i < seen.size(); ++i) {
    moments[i * seen.size() + i] += steps[i] * steps[i] / 12;
  }
  return JointRounding(std::move(moments));
}

// Rounds one sum's weights, and its bias at `bias`, if it has one. `seen` and `roundings`: one, or
// one for each of as many equal parts of the rows (of a depthwise convolution).
void round_sum(const Operands& operands, const std::vector<size_t>& weights, size_t bias,
               bool has_bias, const std::vector<Moments>& seen,
               const std::vector<JointRounding>& roundings) {
  const bool depthwise = operands.float_operator.code == OperatorCode::kDepthwiseConv2D;
  std::vector<Block> blocks;
  for (const size_t input : weights) {
    blocks.emplace_back(operands.original(input), operands.stored(input), depthwise);
  }
  std::vector<float> biases;
  if (has_bias) biases = float_values(operands.original(bias));
  std::vector<std::vector<double>> means;
  for (const Moments& moments : seen) means.push_back(moments.means());
  for (size_t index = 0; index < blocks.front().rows; ++index) {
    const size_t part = index * roundings.size() / blocks.front().rows;
    Row row(blocks, index);
    roundings[part].round(row.weights, row.steps, row.stored);
    row.store(blocks, index);
    if (has_bias) {
      biases[index] =
          static_cast<float>(static_cast<double>(biases[index]) - row.mean_error(means[part]));
    }
  }
  if (!has_bias) return;
  graph::Tensor& stored = operands.stored(bias);
  stored = quantize_bias(float_constant(stored.name, stored.shape, biases),
                         operands.stored(weights.front()).quantization,
                         static_cast<float>(operands.step_of(0)));
}

void round_lstm(const Operands& operands, const Moments& seen) {
  const size_t features =
      static_cast<size_t>(operands.original(graph::lstm::kInputWeights).shape.at(1));
  std::vector<double> steps(seen.size(), operands.step_of(graph::lstm::kInput));
  std::fill(steps.begin() + static_cast<std::ptrdiff_t>(features), steps.end(),
            operands.step_of(graph::lstm::kHiddenState));
  // The bias of a normalized gate comes after the normalization.
  const bool has_bias = !operands.has(graph::lstm::kLayerNorm);
  const std::vector<JointRounding> rounding = {rounding_for(seen, steps, has_bias)};
  for (size_t gate = 0; gate < 4; ++gate) {
    round_sum(operands, {graph::lstm::kInputWeights + gate, graph::lstm::kRecurrentWeights + gate},
              graph::lstm::kBias + gate, has_bias, {seen}, rounding);
  }
}

void round_layer(const Operands& operands, const std::vector<Moments>& seen) {
  const bool has_bias = operands.has(2);
  std::vector<JointRounding> roundings;
  for (const Moments& moments : seen) {
    const std::vector<double> steps(moments.size(), operands.step_of(0));
    roundings.push_back(rounding_for(moments, steps, has_bias));
  }
  round_sum(operands, {1}, 2, has_bias, seen, roundings);
}

}  // namespace

Rounding rounding_of(const std::string& name) {
  if (name == "nearest") return Rounding::kNearest;
  if (name == "joint") return Rounding::kJoint;
  throw Error("unknown rounding", name, suggestion(name, {"nearest", "joint"}));
}

const char* name_of(Rounding rounding) {
  return rounding == Rounding::kJoint ? "joint" : "nearest";
}

void round_weights_jointly(const graph::Graph& float_graph, const WeightInputs& seen,
                           QuantizedGraph& quantized) {
  for (size_t i = 0; i < quantized.graph.operators.size(); ++i) {
    if (quantized.source_operators[i] < 0) continue;
    const auto source = static_cast<size_t>(quantized.source_operators[i]);
    const auto found = seen.find(source);
    if (found == seen.end()) continue;
    const Operands operands{float_graph, float_graph.operators[source], quantized.graph,
                            quantized.graph.operators[i]};
    if (operands.stored(1).type != TensorType::kInt8) continue;  // stayed float
    if (operands.float_operator.is_lstm()) {
      round_lstm(operands, found->second.front());
    } else {
      round_layer(operands, found->second);
    }
  }
}

}  // namespace stapes::quantization
