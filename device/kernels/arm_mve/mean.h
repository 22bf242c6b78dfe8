#pragma once
#include "device/kernels/reference/mean.h"

namespace stapes::arm_mve {

// reference::mean() for cores with Helium, byte for byte. Faster over one axis, when it or the last
// kept one has its elements one behind the other.
void mean(const reference::MeanParameters& parameters, const int8_t* input, int8_t* output);

}  // namespace stapes::arm_mve
