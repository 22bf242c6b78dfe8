#include "device/kernels/reference/fully_connected.h"

#include "device/kernels/reference/dot_product.h"

namespace stapes::reference {

void fully_connected(const FullyConnectedParameters& parameters, const int8_t* input,
                     const int8_t* weights, const int32_t* bias, int8_t* output) {
  const MatrixProduct& product = parameters.product;
  for (int32_t batch = 0; batch < product.batches; ++batch) {
    for (int32_t o = 0; o < product.output_depth; ++o) {
      int32_t sum = dot_product(input + batch * product.input_depth, parameters.input_offset,
                                weights + o * product.input_depth, product.input_depth);
      if (bias != nullptr) sum = wrapping_add(sum, bias[o]);
      const Multiplier multiplier =
          parameters.multipliers == nullptr ? parameters.multiplier : parameters.multipliers[o];
      const int32_t value = wrapping_add(multiply(sum, multiplier), parameters.output_offset);
      *output++ = static_cast<int8_t>(
          clamp(value, parameters.activation_minimum, parameters.activation_maximum));
    }
  }
}

}  // namespace stapes::reference
