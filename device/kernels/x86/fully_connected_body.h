// FULLY_CONNECTED: one output after the other, its weights in the lanes. Included once for each
// level, as products_body.h.
#pragma once
#include "device/kernels/reference/fully_connected.h"
#include "device/kernels/x86/blocks.h"

namespace stapes::x86::STAPES_LEVEL {

STAPES_TARGET inline int32_t dot_product(const int8_t* activations, Vector offset,
                                         const int8_t* weights, int32_t count) {
  Vector sum = zero();
  for (int32_t i = 0; i < count; i += kWords) {
    const int32_t n = count - i < kWords ? count - i : kWords;
    sum = add_products_of_words(sum, add_words(load_as_words(activations + i, n), offset),
                                load_as_words(weights + i, n));
  }
  return sum_of_lanes(sum);
}

STAPES_TARGET void fully_connected(const reference::FullyConnectedParameters& parameters,
                                   const int8_t* input, const int8_t* weights, const int32_t* bias,
                                   int8_t* output) {
  const MatrixProduct& product = parameters.product;
  const Vector offset = broadcast_word(parameters.input_offset);
  for (int32_t batch = 0; batch < product.batches; ++batch) {
    for (int32_t o = 0; o < product.output_depth; ++o) {
      int32_t sum = dot_product(input + batch * product.input_depth, offset,
                                weights + o * product.input_depth, product.input_depth);
      if (bias != nullptr) sum = reference::wrapping_add(sum, bias[o]);
      const reference::Multiplier multiplier =
          parameters.multipliers == nullptr ? parameters.multiplier : parameters.multipliers[o];
      const int32_t value =
          reference::wrapping_add(reference::multiply(sum, multiplier), parameters.output_offset);
      *output++ = static_cast<int8_t>(
          reference::clamp(value, parameters.activation_minimum, parameters.activation_maximum));
    }
  }
}

}  // namespace stapes::x86::STAPES_LEVEL
