#pragma once
#include "device/kernels/float32/conv_2d.h"

namespace stapes::float32 {

// output[y][x][c] = clamp(sum_{r,s} input[y*stride+r-top][x*stride+s-left][c / multiplier]
//                         filter[r][s][c] + bias[c])
// over the taps inside the input, in the order of filter row and column. `bias` may be null.
void depthwise_conv_2d(const Conv2DParameters& parameters, const float* input, const float* filter,
                       const float* bias, float* output);

}  // namespace stapes::float32
