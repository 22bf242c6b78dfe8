#include "device/kernels/reference/rsqrt.h"

namespace stapes::reference {

bool rsqrt(const RsqrtParameters& parameters, const int8_t* input, int8_t* output) {
  constexpr int32_t kFractionBits = 20;  // of the root, between the two multiplications
  for (int32_t i = 0; i < parameters.elements; ++i) {
    const int32_t x = input[i] + parameters.input_offset;
    if (x < 0) return false;
    if (x == 0) {
      output[i] = INT8_MAX;
      continue;
    }
    const Multiplier root = inverse_square_root(x);
    const int32_t fixed = multiply(1, {root.value, root.shift + kFractionBits});
    const Multiplier scale = {parameters.multiplier.value,
                              parameters.multiplier.shift - kFractionBits};
    output[i] = clamp_int8(wrapping_add(multiply(fixed, scale), parameters.output_offset));
  }
  return true;
}

}  // namespace stapes::reference
