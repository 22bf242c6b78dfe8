// QUANTIZE to int8. Included once for each level, as products_body.h.
#pragma once
#include "device/kernels/reference/quantize.h"
#include "device/kernels/x86/requantize_body.h"

namespace stapes::x86::STAPES_LEVEL {

STAPES_INLINE void quantize_some(const float* input, int32_t count, float scale, Vector zero_point,
                                 int8_t* output) {
  constexpr float kFar = 1 << 20;  // beyond int8_t whatever the zero point
  const Vector rounded = divide_and_round(input, count, scale, kFar);
  store_bytes(output, add(rounded, zero_point), count, INT8_MIN, INT8_MAX);
}

STAPES_TARGET void quantize(const float* input, int32_t elements, float scale, int32_t zero_point,
                            int8_t* output) {
  const Vector zero_points = broadcast(zero_point);
  int32_t i = 0;
  for (; i + kLanes <= elements; i += kLanes) {
    quantize_some(input + i, kLanes, scale, zero_points, output + i);
  }
  if (i < elements) quantize_some(input + i, elements - i, scale, zero_points, output + i);
}

STAPES_TARGET void requantize(const reference::RequantizeParameters& parameters,
                              const int8_t* input, int8_t* output) {
  const LaneMultiplier multiplier = lane_multiplier(parameters.multiplier);
  const Vector input_offset = broadcast(parameters.input_offset);
  const Vector output_offset = broadcast(parameters.output_offset);
  for (int32_t i = 0; i < parameters.elements; i += kLanes) {
    const int32_t left = parameters.elements - i;
    const int32_t count = left < kLanes ? left : kLanes;
    const Vector value = multiply(add(load_bytes(input + i, count), input_offset), multiplier);
    store_bytes(output + i, add(value, output_offset), count, INT8_MIN, INT8_MAX);
  }
}

}  // namespace stapes::x86::STAPES_LEVEL
