#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/fully_connected.h"

#include "device/kernels/arm_mve/dot_product.h"

namespace stapes::arm_mve {
namespace {

using reference::FullyConnectedParameters;

int8_t finish(const FullyConnectedParameters& parameters, int32_t output, int32_t sum) {
  const reference::Multiplier multiplier =
      parameters.multipliers == nullptr ? parameters.multiplier : parameters.multipliers[output];
  const int32_t value =
      reference::wrapping_add(reference::multiply(sum, multiplier), parameters.output_offset);
  return static_cast<int8_t>(
      reference::clamp(value, parameters.activation_minimum, parameters.activation_maximum));
}

}  // namespace

void fully_connected(const FullyConnectedParameters& parameters, const int8_t* input,
                     const int8_t* weights, const int32_t* bias, int8_t* output) {
  constexpr int32_t kRows = 4;
  const MatrixProduct& product = parameters.product;
  const int32_t depth = product.input_depth;
  for (int32_t first = 0; first < product.output_depth; first += kRows) {
    const int32_t left = product.output_depth - first;
    const int32_t rows = left < kRows ? left : kRows;
    const int8_t* weights_here = weights + first * depth;
    int32_t initial[kRows];
    initial_sums(weights_here, rows, depth, parameters.input_offset,
                 bias == nullptr ? nullptr : bias + first, initial);
    for (int32_t batch = 0; batch < product.batches; ++batch) {
      const int8_t* from = input + batch * depth;
      int32_t sums[kRows];
      if (rows == kRows) {
        vstrwq_s32(sums, four_dot_products(initial, from, weights_here, depth));
      } else {
        for (int32_t row = 0; row < rows; ++row) {
          sums[row] = dot_product(initial[row], from, weights_here + row * depth, depth);
        }
      }
      for (int32_t row = 0; row < rows; ++row) {
        output[batch * product.output_depth + first + row] =
            finish(parameters, first + row, sums[row]);
      }
    }
  }
}

}  // namespace stapes::arm_mve
#endif
