#include "device/kernels/reference/mean.h"

#include "device/kernels/reduction.h"

namespace stapes::reference {

Multiplier divide_by_count(Multiplier multiplier, int32_t count) {
  int32_t shift = 31 - count_leading_zeros(static_cast<uint32_t>(count));
  if (shift > 31 + multiplier.shift) shift = 31 + multiplier.shift;
  if (shift < 0) shift = 0;
  return {static_cast<int32_t>(int64_t{multiplier.value} * (int64_t{1} << shift) / count),
          multiplier.shift - shift};
}

namespace {

int32_t scaled(const MeanParameters& parameters, int32_t sum) {
  return wrapping_add(multiply(wrapping_add(sum, parameters.sum_offset), parameters.multiplier),
                      parameters.output_offset);
}

}  // namespace

void mean(const MeanParameters& parameters, const int8_t* input, int8_t* output) {
  for_each_sum<int32_t>(parameters.reduction, input, output,
                        [&](int32_t sum) { return clamp_int8(scaled(parameters, sum)); });
}

void mean(const MeanParameters& parameters, const int16_t* input, int16_t* output) {
  for_each_sum<int32_t>(parameters.reduction, input, output,
                        [&](int32_t sum) { return clamp_int16(scaled(parameters, sum)); });
}

}  // namespace stapes::reference
