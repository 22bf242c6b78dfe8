#pragma once
#include "device/kernels/reference/fixed_point.h"

namespace stapes::reference {

// RELU and RELU6 of int8 or int16: clamp(output_offset + multiply(q + input_offset), minimum,
// maximum).
struct ReluParameters {
  int32_t elements;
  int32_t input_offset;   // minus the input's zero point
  int32_t output_offset;  // the output's zero point
  int32_t minimum;
  int32_t maximum;
  Multiplier multiplier;  // input scale / output scale
};
void relu(const ReluParameters& parameters, const int8_t* input, int8_t* output);
void relu(const ReluParameters& parameters, const int16_t* input, int16_t* output);

}  // namespace stapes::reference
