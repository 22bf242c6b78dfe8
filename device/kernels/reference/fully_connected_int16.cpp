#include "device/kernels/reference/fully_connected_int16.h"

namespace stapes::reference {
namespace {

// The bias's type is that of the whole sum.
template <typename Bias>
void multiply_rows(const FullyConnectedParameters& parameters, const int16_t* input,
                   const int8_t* weights, const Bias* bias, int16_t* output) {
  const MatrixProduct& product = parameters.product;
  for (int32_t batch = 0; batch < product.batches; ++batch) {
    for (int32_t o = 0; o < product.output_depth; ++o) {
      int64_t sum = dot_product(input + batch * product.input_depth,
                                weights + o * product.input_depth, product.input_depth);
      if (bias != nullptr) sum = add_bias(sum, bias[o]);
      const Multiplier multiplier =
          parameters.multipliers == nullptr ? parameters.multiplier : parameters.multipliers[o];
      *output++ =
          static_cast<int16_t>(clamp(multiply_sum(static_cast<Bias>(sum), multiplier),
                                     parameters.activation_minimum, parameters.activation_maximum));
    }
  }
}

}  // namespace

void fully_connected(const FullyConnectedParameters& parameters, const int16_t* input,
                     const int8_t* weights, const int64_t* bias, int16_t* output) {
  multiply_rows(parameters, input, weights, bias, output);
}

void fully_connected_in_32_bits(const FullyConnectedParameters& parameters, const int16_t* input,
                                const int8_t* weights, const int32_t* bias, int16_t* output) {
  multiply_rows(parameters, input, weights, bias, output);
}

}  // namespace stapes::reference
