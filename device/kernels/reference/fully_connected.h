#pragma once
#include "device/kernels/geometry.h"
#include "device/kernels/reference/fixed_point.h"

namespace stapes::reference {

struct FullyConnectedParameters {
  MatrixProduct product;
  int32_t input_offset;   // minus the input's zero point
  int32_t output_offset;  // the output's zero point
  int32_t activation_minimum;
  int32_t activation_maximum;
  Multiplier multiplier;          // input scale * weight scale / output scale
  const Multiplier* multipliers;  // per output channel, or null when all are `multiplier`
};

// int8 FULLY_CONNECTED: weights [output_depth, input_depth] with zero point 0, bias [output_depth]
// in the accumulator's scale, or null.
//
//   output[b][o] = clamp(output_offset + multiply(bias[o] + sum_i (input[b][i] + input_offset) *
//                                                                  weights[o][i]))
void fully_connected(const FullyConnectedParameters& parameters, const int8_t* input,
                     const int8_t* weights, const int32_t* bias, int8_t* output);

}  // namespace stapes::reference
