#pragma once
#include "device/kernels/reference/quantize.h"

namespace stapes::arm_mve {

// The functions of the same name in reference/, for cores with Helium, byte for byte. quantize()
// needs its floating-point instructions; of requantize(), int8_t to int8_t is faster.
void quantize(const float* input, int32_t elements, float scale, int32_t zero_point,
              int8_t* output);
void requantize(const reference::RequantizeParameters& parameters, const int8_t* input,
                int8_t* output);
void requantize(const reference::RequantizeParameters& parameters, const int8_t* input,
                int16_t* output);
void requantize(const reference::RequantizeParameters& parameters, const int16_t* input,
                int8_t* output);
void requantize(const reference::RequantizeParameters& parameters, const int16_t* input,
                int16_t* output);

}  // namespace stapes::arm_mve
