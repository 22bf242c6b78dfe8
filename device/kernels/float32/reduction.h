#pragma once
#include "device/kernels/geometry.h"

namespace stapes::float32 {

// Every output element is the sum of its inputs in the order in which they lie in memory, in plain
// float; mean() divides the sum by their number. These are the bits of TensorFlow Lite Micro.
void sum(const Reduction& reduction, const float* input, float* output);
void mean(const Reduction& reduction, const float* input, float* output);

}  // namespace stapes::float32
