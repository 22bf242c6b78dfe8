#pragma once
#include "device/kernels/reference/fixed_point.h"

namespace stapes::reference {

// QUANTIZE float32 -> int8 or int16: clamp(zero_point + round(x / scale)), ties away from zero,
// the division in float32. NaN gives the zero point.
void quantize(const float* input, int32_t elements, float scale, int32_t zero_point,
              int8_t* output);
void quantize(const float* input, int32_t elements, float scale, int32_t zero_point,
              int16_t* output);

// DEQUANTIZE: scale * (q - zero_point), the product in double.
void dequantize(const int8_t* input, int32_t elements, float scale, int32_t zero_point,
                float* output);
void dequantize(const int16_t* input, int32_t elements, float scale, int32_t zero_point,
                float* output);

// QUANTIZE between integer types: clamp(output_offset + multiply(q + input_offset)).
struct RequantizeParameters {
  int32_t elements;
  int32_t input_offset;   // minus the input's zero point
  int32_t output_offset;  // the output's zero point
  Multiplier multiplier;  // input scale / output scale
};
void requantize(const RequantizeParameters& parameters, const int8_t* input, int8_t* output);
void requantize(const RequantizeParameters& parameters, const int8_t* input, int16_t* output);
void requantize(const RequantizeParameters& parameters, const int16_t* input, int8_t* output);
void requantize(const RequantizeParameters& parameters, const int16_t* input, int16_t* output);

}  // namespace stapes::reference
