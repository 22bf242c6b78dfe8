#pragma once
#include "device/kernels/reference/fixed_point.h"

namespace stapes::reference {

// int8 LOGISTIC and TANH.
struct SquashParameters {
  int32_t elements;
  int32_t input_offset;   // minus the input's zero point
  int32_t input_radius;   // inputs so far from the zero point or farther give the extremes
  Multiplier multiplier;  // input scale in Q4.27
};

// Output scale 1/256, zero point -128.
void logistic(const SquashParameters& parameters, const int8_t* input, int8_t* output);
// Output scale 1/128, zero point 0.
void tanh(const SquashParameters& parameters, const int8_t* input, int8_t* output);

}  // namespace stapes::reference
