#pragma once
#include "device/kernels/reference/fully_connected.h"

namespace stapes::arm_mve {

// reference::fully_connected() for cores with Helium, byte for byte.
void fully_connected(const reference::FullyConnectedParameters& parameters, const int8_t* input,
                     const int8_t* weights, const int32_t* bias, int8_t* output);

}  // namespace stapes::arm_mve
