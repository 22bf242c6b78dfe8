#pragma once
#include "device/kernels/reference/fully_connected.h"

namespace stapes::x86 {

// reference::fully_connected(), byte for byte, with the vector instructions of the processor
// that the program runs on (level.h).
void fully_connected(const reference::FullyConnectedParameters& parameters, const int8_t* input,
                     const int8_t* weights, const int32_t* bias, int8_t* output);

}  // namespace stapes::x86
