#pragma once
#include "device/kernels/reference/fixed_point.h"

namespace stapes::reference {

struct SoftmaxParameters {
  int32_t rows;
  int32_t depth;
  Multiplier multiplier;       // beta * input scale in Q5.26, shift >= 0
  int32_t minimum_difference;  // differences to the row's maximum below this one count as 0
};

// int8 SOFTMAX over rows of `depth` elements; the output has scale 1/256 and zero point -128.
void softmax(const SoftmaxParameters& parameters, const int8_t* input, int8_t* output);

}  // namespace stapes::reference
