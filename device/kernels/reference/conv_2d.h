#pragma once
#include "device/kernels/geometry.h"
#include "device/kernels/reference/fixed_point.h"

namespace stapes::reference {

// What follows the accumulation of CONV_2D and DEPTHWISE_CONV_2D.
struct Conv2DParameters {
  Window2D window;
  int32_t input_offset;   // minus the input's zero point
  int32_t output_offset;  // the output's zero point
  int32_t activation_minimum;
  int32_t activation_maximum;
  const Multiplier* multipliers;  // per output channel: input scale * filter scale / output scale
};

// int8 CONV_2D, NHWC; filter [O, H, W, I / groups] with zero point 0; bias [O] in the accumulator's
// scale, or null. Taps outside the input contribute nothing.
//
//   output = clamp(output_offset + multiply(bias + sum (input + input_offset) * filter))
void conv_2d(const Conv2DParameters& parameters, const int8_t* input, const int8_t* filter,
             const int32_t* bias, int8_t* output);

}  // namespace stapes::reference
