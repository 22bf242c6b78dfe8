#pragma once
#include "device/kernels/reference/quantize.h"

namespace stapes::x86 {

// The functions of reference/quantize.h, byte for byte, with the vector instructions of the
// processor that the program runs on (level.h).
void quantize(const float* input, int32_t elements, float scale, int32_t zero_point,
              int8_t* output);
void requantize(const reference::RequantizeParameters& parameters, const int8_t* input,
                int8_t* output);
// Between other types, as the reference does it.
template <typename Input, typename Output>
void requantize(const reference::RequantizeParameters& parameters, const Input* input,
                Output* output) {
  reference::requantize(parameters, input, output);
}

}  // namespace stapes::x86
