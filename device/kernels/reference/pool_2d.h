#pragma once
#include "device/kernels/geometry.h"

namespace stapes::reference {

// Pools of int8 or int16, NHWC. Input and output have the same scale and zero point. Positions
// outside the input don't count.
struct Pool2DParameters {
  Window2D window;
  int32_t activation_minimum;
  int32_t activation_maximum;
};

// The mean of the stored values, ties away from zero.
void average_pool_2d(const Pool2DParameters& parameters, const int8_t* input, int8_t* output);
void max_pool_2d(const Pool2DParameters& parameters, const int8_t* input, int8_t* output);
void average_pool_2d(const Pool2DParameters& parameters, const int16_t* input, int16_t* output);
void max_pool_2d(const Pool2DParameters& parameters, const int16_t* input, int16_t* output);

}  // namespace stapes::reference
