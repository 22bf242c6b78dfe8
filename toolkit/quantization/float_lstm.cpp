#include "toolkit/quantization/float_lstm.h"

#include <algorithm>
#include <cmath>

#include "toolkit/quantization/constants.h"

namespace stapes::quantization {
namespace {

float sigmoid(float x) { return 1.0F / (1.0F + std::exp(-x)); }

const graph::Tensor& input_of(const graph::Graph& graph, const graph::Operator& op, size_t i) {
  return graph.tensors[static_cast<size_t>(op.inputs[i])];
}

}  // namespace

FloatLstm::FloatLstm(const graph::Graph& graph, const graph::Operator& op)
    : time_major_(op.options.time_major), cell_clip_(op.options.cell_clip) {
  const graph::Tensor& input = input_of(graph, op, graph::lstm::kInput);
  const size_t outer = static_cast<size_t>(input.shape.at(0));
  const size_t inner = static_cast<size_t>(input.shape.at(1));
  batches_ = time_major_ ? inner : outer;
  steps_ = time_major_ ? outer : inner;
  features_ = static_cast<size_t>(input.shape.at(2));
  units_ = static_cast<size_t>(input_of(graph, op, graph::lstm::kBias).shape.at(0));
  for (size_t gate = 0; gate < 4; ++gate) {
    input_weights_[gate] = float_values(input_of(graph, op, graph::lstm::kInputWeights + gate));
    recurrent_weights_[gate] =
        float_values(input_of(graph, op, graph::lstm::kRecurrentWeights + gate));
    bias_[gate] = float_values(input_of(graph, op, graph::lstm::kBias + gate));
    const size_t coefficients = graph::lstm::kLayerNorm + gate;
    if (coefficients < op.inputs.size() && op.inputs[coefficients] >= 0) {
      coefficients_[gate] = float_values(input_of(graph, op, coefficients));
    }
    gate_[gate].resize(units_);
  }
  reset();
}

void FloatLstm::reset() {
  hidden_.assign(batches_ * units_, 0.0F);
  cell_.assign(batches_ * units_, 0.0F);
}

void FloatLstm::normalize(size_t gate) {
  std::vector<float>& sums = gate_[gate];
  double mean = 0;
  for (const float sum : sums) mean += sum;
  mean /= static_cast<double>(units_);
  double variance = 0;
  for (const float sum : sums) variance += (sum - mean) * (sum - mean);
  variance /= static_cast<double>(units_);
  for (size_t unit = 0; unit < units_; ++unit) {
    gate_magnitudes_[gate] = std::max(gate_magnitudes_[gate], std::abs(sums[unit]));
    const double normalized = (sums[unit] - mean) / std::sqrt(variance + 1e-8);
    sums[unit] = static_cast<float>(normalized * coefficients_[gate][unit] + bias_[gate][unit]);
  }
}

void FloatLstm::step(const float* x, float* hidden, float* cell) {
  for (size_t gate = 0; gate < 4; ++gate) {
    for (size_t unit = 0; unit < units_; ++unit) {
      float sum = normalizes_gates() ? 0.0F : bias_[gate][unit];
      const float* w = &input_weights_[gate][unit * features_];
      for (size_t i = 0; i < features_; ++i) sum += w[i] * x[i];
      const float* r = &recurrent_weights_[gate][unit * units_];
      for (size_t i = 0; i < units_; ++i) sum += r[i] * hidden[i];
      gate_[gate][unit] = sum;
    }
    if (normalizes_gates()) normalize(gate);
    for (float& value : gate_[gate]) value = gate == 2 ? std::tanh(value) : sigmoid(value);
  }
  for (size_t unit = 0; unit < units_; ++unit) {
    cell[unit] = gate_[1][unit] * cell[unit] + gate_[0][unit] * gate_[2][unit];
    if (cell_clip_ > 0.0F) cell[unit] = std::clamp(cell[unit], -cell_clip_, cell_clip_);
    hidden[unit] = gate_[3][unit] * std::tanh(cell[unit]);
  }
}

float FloatLstm::run(std::span<const float> input) {
  float largest = 0.0F;
  for (size_t t = 0; t < steps_; ++t) {
    for (size_t b = 0; b < batches_; ++b) {
      const size_t row = time_major_ ? t * batches_ + b : b * steps_ + t;
      step(&input[row * features_], &hidden_[b * units_], &cell_[b * units_]);
    }
    for (const float c : cell_) largest = std::max(largest, std::abs(c));
  }
  return largest;
}

}  // namespace stapes::quantization
