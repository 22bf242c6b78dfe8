#pragma once
#include "device/kernels/reference/conv_2d.h"

namespace stapes::reference {

// CONV_2D and DEPTHWISE_CONV_2D with int16 activations, int8 weights and a 64-bit bias; all zero
// points are 0, so the parameters' offsets are not used. The filters' shapes are those of the int8
// kernels.
//
//   output = clamp(multiply_wide(bias + sum input * filter))
//
// ..._in_32_bits: with a 32-bit bias, the sum has 32 bits too, wraps, and is multiplied as int8's
// is.
void conv_2d(const Conv2DParameters& parameters, const int16_t* input, const int8_t* filter,
             const int64_t* bias, int16_t* output);
void depthwise_conv_2d(const Conv2DParameters& parameters, const int16_t* input,
                       const int8_t* filter, const int64_t* bias, int16_t* output);
void conv_2d_in_32_bits(const Conv2DParameters& parameters, const int16_t* input,
                        const int8_t* filter, const int32_t* bias, int16_t* output);

}  // namespace stapes::reference
