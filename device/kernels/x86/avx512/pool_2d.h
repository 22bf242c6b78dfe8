#pragma once
#include "device/kernels/reference/pool_2d.h"

namespace stapes::x86::avx512 {

void average_pool_2d(const reference::Pool2DParameters& parameters, const int8_t* input,
                     int8_t* output);

}  // namespace stapes::x86::avx512
