#pragma once
#include "device/kernels/geometry.h"

namespace stapes::float32 {

struct ElementwiseParameters {
  Broadcast broadcast;
  float minimum;  // of the output, from the fused activation
  float maximum;
};

void add(const ElementwiseParameters& parameters, const float* first, const float* second,
         float* output);
void sub(const ElementwiseParameters& parameters, const float* first, const float* second,
         float* output);
void mul(const ElementwiseParameters& parameters, const float* first, const float* second,
         float* output);
// (first - second)^2
void squared_difference(const ElementwiseParameters& parameters, const float* first,
                        const float* second, float* output);

}  // namespace stapes::float32
