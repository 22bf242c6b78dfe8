#include "tests/conformance/last_bits_models.h"

#include "device/kernels/reference/fixed_point.h"

namespace stapes::conformance {
namespace {

using reference::Multiplier;
using reference::multiply;
using reference::quantize_multiplier;

template <typename Real>
Multiplier product_factor(float input, float weight, float output) {
  const Real product = static_cast<Real>(input) * static_cast<Real>(weight);
  return quantize_multiplier(static_cast<double>(product) / static_cast<double>(output));
}

// Its weights are 0, so that its sums are the biases, whatever its input is.
int32_t fully_connected(Builder& b) {
  const float input_scale = b.log_uniform(0.01, 0.05);
  const float weight_scale = b.log_uniform(0.002, 0.02);
  const float output_scale = b.log_uniform(0.05, 0.3);
  const Multiplier in_float = product_factor<float>(input_scale, weight_scale, output_scale);
  const Multiplier in_double = product_factor<double>(input_scale, weight_scale, output_scale);
  const auto largest = static_cast<int32_t>(120 * output_scale / (input_scale * weight_scale));
  Dimensions sums;
  for (int32_t sum = -largest; sum <= largest; ++sum) {
    if (multiply(sum, in_float) != multiply(sum, in_double)) sums.push_back(sum);
  }
  if (sums.empty()) return -1;
  const auto outputs = static_cast<int32_t>(sums.size());
  const int32_t input = b.input(b.activation({1, 1}, input_scale, 0));
  const int32_t weights = b.weights({outputs, 1}, -1);
  b.graph.tensors[static_cast<size_t>(weights)].data.assign(sums.size(), 0);
  b.quantization(weights).scale = {weight_scale};
  const int32_t bias = b.integers(sums);
  b.quantization(bias) = {{input_scale * weight_scale}, {0}, 0};
  const int32_t output = b.activation({1, outputs}, output_scale, 0);
  b.add(OperatorCode::kFullyConnected, {input, weights, bias}, {output}, 4);
  return output;
}

// SUB brings both operands to a common scale, subtracts, and brings that to the output's.
struct DifferenceFactors {
  Multiplier first;
  Multiplier second;
  Multiplier output;

  int32_t difference(int32_t x, int32_t y) const {
    const int32_t common = multiply(x << kShift, first) - multiply(y << kShift, second);
    return reference::clamp_int8(multiply(common, output));
  }
  static constexpr int32_t kShift = 20;
};

template <typename Real>
DifferenceFactors difference_factors(float first, float second, float output) {
  const Real twice = 2 * static_cast<Real>(std::max(first, second));
  const Real unit = static_cast<Real>(1 << DifferenceFactors::kShift);
  return {quantize_multiplier(static_cast<double>(static_cast<Real>(first) / twice)),
          quantize_multiplier(static_cast<double>(static_cast<Real>(second) / twice)),
          quantize_multiplier(static_cast<double>(twice / (unit * static_cast<Real>(output))))};
}

// Subtracts each of some constants from every element of its input, which is so long that hardly
// any int8 value is missing in it.
int32_t subtraction(Builder& b) {
  constexpr int32_t kElements = 4096;
  const float first = b.log_uniform(0.005, 0.08);
  const float second = b.log_uniform(0.005, 0.08);
  const float output_scale = b.log_uniform(0.01, 0.15);
  const auto in_float = difference_factors<float>(first, second, output_scale);
  const auto in_double = difference_factors<double>(first, second, output_scale);
  Bytes constants;
  for (int32_t y = INT8_MIN; y <= INT8_MAX; ++y) {
    for (int32_t x = INT8_MIN; x <= INT8_MAX; ++x) {
      if (in_float.difference(x, y) == in_double.difference(x, y)) continue;
      constants.push_back(static_cast<uint8_t>(y));
      break;
    }
  }
  if (constants.empty()) return -1;
  const auto rows = static_cast<int32_t>(constants.size());
  const int32_t input = b.input(b.activation({1, kElements}, first, 0));
  const int32_t constant = b.activation({rows, 1}, second, 0);
  b.graph.tensors[static_cast<size_t>(constant)].data = constants;
  const int32_t output = b.activation({rows, kElements}, output_scale, 0);
  b.add(OperatorCode::kSub, {input, constant}, {output}, 2);
  return output;
}

}  // namespace

int32_t last_bits(Builder& b) { return b.chance(0.5) ? fully_connected(b) : subtraction(b); }

}  // namespace stapes::conformance
