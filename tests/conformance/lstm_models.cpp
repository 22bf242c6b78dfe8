#include "tests/conformance/lstm_models.h"

#include <cmath>
#include <string>
#include <utility>

namespace stapes::conformance {

int32_t lstm(Builder& b) {
  namespace operands = graph::lstm;
  const int32_t batches = b.integer(1, 3);
  const int32_t steps = b.integer(1, 6);
  const int32_t features = b.integer(1, 40);
  const int32_t units = b.integer(1, 24);
  const bool time_major = b.chance(0.3);
  const auto sequence = [&](int32_t width) {
    return time_major ? Dimensions{steps, batches, width} : Dimensions{batches, steps, width};
  };
  const int32_t input = b.input(b.activation(sequence(features)));
  const float hidden_scale = b.log_uniform(0.002, 0.01) / (b.is_wide() ? 256 : 1);
  const int32_t output = b.activation(sequence(units), hidden_scale, b.zero_point());
  Dimensions inputs(operands::kInputs, -1);
  inputs[operands::kInput] = input;
  for (size_t gate = 0; gate < 4; ++gate) {
    const int32_t weights = b.weights({units, features}, -1);
    // Gates between nearly linear and saturated.
    const double range = b.spread() * 74.0 * std::sqrt(features) * b.quantization(input).scale[0];
    b.quantization(weights).scale[0] = static_cast<float>(b.log_uniform(0.1, 20) / range);
    inputs[operands::kInputWeights + gate] = weights;
    inputs[operands::kRecurrentWeights + gate] = b.weights({units, units}, -1);
    inputs[operands::kBias + gate] = b.bias(units, input, weights);
  }
  const auto state = [&](int32_t tensor) {
    b.graph.tensors[static_cast<size_t>(tensor)].is_variable = true;
    return tensor;
  };
  inputs[operands::kHiddenState] = state(b.like(output, {batches, units}));
  inputs[operands::kCellState] = state(
      b.activation({batches, units}, std::ldexp(1.0F, -b.integer(9, 16)), 0, TensorType::kInt16));
  Operator& added = b.add(OperatorCode::kUnidirectionalSequenceLstm, inputs, {output});
  added.options.activation = Activation::kTanh;
  added.options.cell_clip = b.one_of({0.0F, 10.0F, 1.0F});
  added.options.time_major = time_major;
  return output;
}

// As lstm(), with coefficients and the gates' scales.
int32_t layer_norm_lstm(Builder& b) {
  namespace operands = graph::lstm;
  const int32_t output = lstm(b);
  Operator& op = b.graph.operators.back();
  const int32_t units = b.shape(output).back();
  b.quantization(op.inputs[operands::kCellState]).scale[0] = std::ldexp(1.0F, -b.integer(9, 15));
  for (size_t gate = 0; gate < 4; ++gate) {
    Tensor coefficients;
    coefficients.name = "n" + std::to_string(gate);
    coefficients.shape = {units};
    coefficients.type = TensorType::kInt16;
    coefficients.quantization = {{b.log_uniform(1e-5, 2e-4)}, {0}, 0};
    const bool extreme = b.chance(0.1);
    for (int32_t unit = 0; unit < units; ++unit) {
      const auto value =
          static_cast<int16_t>(extreme ? b.one_of({-32767, 32767}) : b.integer(-32767, 32767));
      const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
      coefficients.data.insert(coefficients.data.end(), bytes, bytes + sizeof(value));
    }
    op.inputs[operands::kLayerNorm + gate] = b.graph.add_tensor(std::move(coefficients));
    const float deviation = b.log_uniform(0.1, 20);  // of the gate's sums
    op.intermediates.push_back(
        b.activation({}, deviation * b.log_uniform(2e-5, 1e-2), 0, TensorType::kInt16));
  }
  const graph::Quantization hidden = b.quantization(output);
  op.intermediates.push_back(b.activation({}, hidden.scale[0], hidden.zero_point[0]));
  return output;
}

// As lstm(), with another hidden state and other weights.
int32_t extended_lstm(Builder& b) {
  namespace operands = graph::lstm;
  const int32_t output = lstm(b);
  Operator& op = b.graph.operators.back();
  op.code = OperatorCode::kExtendedLstm;
  if (b.chance(0.7)) {
    Tensor& hidden = b.graph.tensors[static_cast<size_t>(op.inputs[operands::kHiddenState])];
    hidden.type = TensorType::kInt16;
    hidden.quantization = {{b.log_uniform(1.0 / 40000, 1.0 / 20000)}, {0}, 0};
  }
  const bool all_rows = b.chance(0.5);
  for (size_t i = operands::kInputWeights; i < operands::kInputWeights + 8; ++i) {
    graph::Quantization& scales = b.quantization(op.inputs[i]);
    if (!all_rows && b.chance(0.5)) continue;
    const auto units = static_cast<size_t>(b.shape(output).back());
    const float whole = scales.scale[0];
    scales.scale.clear();
    for (size_t row = 0; row < units; ++row) scales.scale.push_back(whole * b.log_uniform(0.1, 1));
    scales.zero_point.assign(units, 0);
    scales.quantized_dimension = 0;
  }
  return output;
}

}  // namespace stapes::conformance
