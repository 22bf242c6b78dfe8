#pragma once
#include "device/kernels/geometry.h"
#include "device/kernels/reference/fixed_point.h"

namespace stapes::reference {

struct MeanParameters {
  Reduction reduction;
  int32_t sum_offset;     // minus the input's zero point, times the number of elements
  int32_t output_offset;  // the output's zero point
  Multiplier multiplier;  // input scale / output scale / number of elements; see divide_by_count()
};

// `multiplier` / count, truncated: what MEAN multiplies its sums with. As much of the division as
// possible is made with the quotient's bits to the left, so that 31 of them remain.
// REQUIRES: count >= 1.
Multiplier divide_by_count(Multiplier multiplier, int32_t count);

// int8 MEAN: clamp(output_offset + multiply(sum + sum_offset)).
void mean(const MeanParameters& parameters, const int8_t* input, int8_t* output);
// The same of int16 values. REQUIRES: at most 2^16 of them for each output.
void mean(const MeanParameters& parameters, const int16_t* input, int16_t* output);

}  // namespace stapes::reference
