#include "device/kernels/reference/softmax.h"

#include "device/kernels/reference/fixed_point_functions.h"

namespace stapes::reference {
namespace {

constexpr int32_t kDifferenceIntegerBits = 5;
constexpr int32_t kSumIntegerBits = 12;

int32_t exp_of_difference(const SoftmaxParameters& parameters, int32_t difference) {
  return exp_of_negative(saturating_rounding_doubling_high_multiply(
                             wrapping_shift_left(difference, parameters.multiplier.shift),
                             parameters.multiplier.value),
                         kDifferenceIntegerBits);
}

}  // namespace

void softmax(const SoftmaxParameters& parameters, const int8_t* input, int8_t* output) {
  for (int32_t row = 0; row < parameters.rows; ++row) {
    int32_t maximum = INT8_MIN;
    for (int32_t i = 0; i < parameters.depth; ++i) {
      if (input[i] > maximum) maximum = input[i];
    }
    int32_t sum = 0;  // Q12.19
    for (int32_t i = 0; i < parameters.depth; ++i) {
      const int32_t difference = input[i] - maximum;
      if (difference < parameters.minimum_difference) continue;
      sum = wrapping_add(sum, rounding_divide_by_power_of_two(
                                  exp_of_difference(parameters, difference), kSumIntegerBits));
    }
    int32_t bits_over_unit = 0;
    const int32_t scale = reciprocal(sum, kSumIntegerBits, &bits_over_unit);
    for (int32_t i = 0; i < parameters.depth; ++i) {
      const int32_t difference = input[i] - maximum;
      int32_t value = INT8_MIN;
      if (difference >= parameters.minimum_difference) {
        value +=
            rounding_divide_by_power_of_two(saturating_rounding_doubling_high_multiply(
                                                scale, exp_of_difference(parameters, difference)),
                                            bits_over_unit + 31 - 8);
      }
      output[i] = clamp_int8(value);
    }
    input += parameters.depth;
    output += parameters.depth;
  }
}

}  // namespace stapes::reference
