#pragma once
#include "device/kernels/reference/pool_2d.h"

namespace stapes::x86 {

// reference::average_pool_2d(), byte for byte, with the vector instructions of the processor
// that the program runs on (level.h).
void average_pool_2d(const reference::Pool2DParameters& parameters, const int8_t* input,
                     int8_t* output);

}  // namespace stapes::x86
