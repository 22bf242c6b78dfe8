#include "device/kernels/reference/fully_connected_int16.h"

namespace stapes::reference {

void fully_connected(const FullyConnectedParameters& parameters, const int16_t* input,
                     const int8_t* weights, const int64_t* bias, int16_t* output) {
  const MatrixProduct& product = parameters.product;
  for (int32_t batch = 0; batch < product.batches; ++batch) {
    for (int32_t o = 0; o < product.output_depth; ++o) {
      int64_t sum = dot_product(input + batch * product.input_depth,
                                weights + o * product.input_depth, product.input_depth);
      if (bias != nullptr) sum = add_bias(sum, bias[o]);
      const Multiplier multiplier =
          parameters.multipliers == nullptr ? parameters.multiplier : parameters.multipliers[o];
      *output++ =
          static_cast<int16_t>(clamp(multiply_wide(sum, multiplier), parameters.activation_minimum,
                                     parameters.activation_maximum));
    }
  }
}

}  // namespace stapes::reference
