#include "device/kernels/reference/l2_normalization.h"

#include "device/kernels/reference/fixed_point.h"

namespace stapes::reference {

void l2_normalization(const L2NormalizationParameters& parameters, const int8_t* input,
                      int8_t* output) {
  constexpr int32_t kOutputFractionBits = 7;
  for (int32_t row = 0; row < parameters.rows; ++row) {
    int32_t sum = 0;
    for (int32_t i = 0; i < parameters.depth; ++i) {
      const int32_t x = input[i] + parameters.input_offset;
      sum += x * x;
    }
    Multiplier inverse = inverse_square_root(sum);
    inverse.shift += kOutputFractionBits;
    for (int32_t i = 0; i < parameters.depth; ++i) {
      output[i] = clamp_int8(multiply(input[i] + parameters.input_offset, inverse));
    }
    input += parameters.depth;
    output += parameters.depth;
  }
}

}  // namespace stapes::reference
