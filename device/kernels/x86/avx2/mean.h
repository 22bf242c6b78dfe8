#pragma once
#include "device/kernels/reference/mean.h"

namespace stapes::x86::avx2 {

void mean(const reference::MeanParameters& parameters, const int8_t* input, int8_t* output);

}  // namespace stapes::x86::avx2
