#pragma once
#include "device/kernels/reference/quantize.h"

namespace stapes::x86::avx2 {

void quantize(const float* input, int32_t elements, float scale, int32_t zero_point,
              int8_t* output);
void requantize(const reference::RequantizeParameters& parameters, const int8_t* input,
                int8_t* output);

}  // namespace stapes::x86::avx2
