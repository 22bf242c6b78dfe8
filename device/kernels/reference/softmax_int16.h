#pragma once
#include "device/kernels/reference/fixed_point.h"

namespace stapes::reference {

struct SoftmaxInt16Parameters {
  int32_t rows;
  int32_t depth;
  Multiplier multiplier;  // beta * input scale / (10 / 65535)
};

// int16 SOFTMAX over rows of `depth` elements; the output has scale 2^-15 and zero point 0. The
// exponential of differences to the row's maximum, down to -10, and the reciprocal of the sum come
// from tables of 512 pieces, between which is interpolated.
void softmax(const SoftmaxInt16Parameters& parameters, const int16_t* input, int16_t* output);

}  // namespace stapes::reference
