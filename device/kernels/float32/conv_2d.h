#pragma once
#include "device/kernels/geometry.h"

namespace stapes::float32 {

struct Conv2DParameters {
  Window2D window;
  float minimum;  // of the output, from the fused activation
  float maximum;
};

// Floats of scratch that conv_2d() needs.
int32_t conv_2d_scratch(const Window2D& window);

// output[y][x][o] = clamp(sum_{r,s,i} input[y*stride+r-top][x*stride+s-left][i] filter[o][r][s][i]
//                         + bias[o])
// over the taps inside the input and the channels of o's group; the sum in the order of filter row,
// column and channel, which is TensorFlow Lite Micro's, so that the bits are the same. `bias` may
// be null.
void conv_2d(const Conv2DParameters& parameters, const float* input, const float* filter,
             const float* bias, float* scratch, float* output);

}  // namespace stapes::float32
