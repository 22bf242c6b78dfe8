#include "device/kernels/reference/relu.h"

namespace stapes::reference {

void relu(const ReluParameters& parameters, const int8_t* input, int8_t* output) {
  for (int32_t i = 0; i < parameters.elements; ++i) {
    const int32_t value =
        wrapping_add(multiply(input[i] + parameters.input_offset, parameters.multiplier),
                     parameters.output_offset);
    output[i] = static_cast<int8_t>(clamp(value, parameters.minimum, parameters.maximum));
  }
}

}  // namespace stapes::reference
