#pragma once
#include "device/kernels/float32/conv_2d.h"

namespace stapes::float32 {

// Over the part of each window that lies inside the input; window.filter_* is the pool's size.
void average_pool_2d(const Conv2DParameters& parameters, const float* input, float* output);
void max_pool_2d(const Conv2DParameters& parameters, const float* input, float* output);

}  // namespace stapes::float32
