#pragma once
#include "device/kernels/reference/mean.h"

namespace stapes::x86 {

// reference::mean(), byte for byte, with the vector instructions of the processor
// that the program runs on (level.h).
void mean(const reference::MeanParameters& parameters, const int8_t* input, int8_t* output);

}  // namespace stapes::x86
