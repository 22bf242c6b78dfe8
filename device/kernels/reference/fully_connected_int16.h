#pragma once
#include "device/kernels/reference/fully_connected.h"

namespace stapes::reference {

// FULLY_CONNECTED with int16 activations, int8 weights and a 64-bit bias; all zero points are 0, so
// the parameters' offsets are not used.
//
//   output[b][o] = clamp(multiply_wide(bias[o] + sum_i input[b][i] * weights[o][i]))
void fully_connected(const FullyConnectedParameters& parameters, const int16_t* input,
                     const int8_t* weights, const int64_t* bias, int16_t* output);
// With a 32-bit bias the sum has 32 bits too, wraps, and is multiplied as int8's is.
void fully_connected_in_32_bits(const FullyConnectedParameters& parameters, const int16_t* input,
                                const int8_t* weights, const int32_t* bias, int16_t* output);

// sum of activations[i] * weights[i]
inline int64_t dot_product(const int16_t* activations, const int8_t* weights, int32_t count) {
  int64_t sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += activations[i] * weights[i];
  return sum;
}

// bias + sum; wraps.
inline int64_t add_bias(int64_t sum, int64_t bias) {
  return static_cast<int64_t>(static_cast<uint64_t>(sum) + static_cast<uint64_t>(bias));
}

}  // namespace stapes::reference
