#include "device/kernels/reference/fixed_point.h"

#include <cmath>

namespace stapes::reference {

Multiplier quantize_multiplier(double real) {
  if (real == 0.0) return {};
  int exponent = 0;
  const double fraction = std::frexp(real, &exponent);
  auto value = static_cast<int64_t>(std::round(fraction * static_cast<double>(int64_t{1} << 31)));
  if (value == int64_t{1} << 31) {
    value /= 2;
    ++exponent;
  }
  if (exponent < -31) return {};
  return {static_cast<int32_t>(value), exponent};
}

Multiplier inverse_square_root(int32_t x) {
  if (x <= 1) return {INT32_MAX, 0};
  // Bring x into [2^27, 2^29) by an even number of binary places; `shift` counts their halves.
  int32_t shift = 11;
  for (; x >= 1 << 29; x /= 4) ++shift;
  const int32_t pairs = (count_leading_zeros(static_cast<uint32_t>(x)) - 1) / 2 - 1;
  shift -= pairs;
  x <<= 2 * pairs;

  // y <- 1.5 y - (x / 2) y^3. Products of two Q3.28 numbers are Q6.25, of three Q9.22.
  const int32_t half_input = rounding_divide_by_power_of_two(x >> 1, 1);
  constexpr int32_t kThreeHalves = (1 << 28) + (1 << 27);
  int32_t y = 1 << 28;
  for (int step = 0; step < 5; ++step) {
    const int32_t square = saturating_rounding_doubling_high_multiply(y, y);
    const int32_t cube = saturating_multiply_by_power_of_two(
        saturating_rounding_doubling_high_multiply(square, y), 6);
    const int32_t difference =
        wrapping_subtract(saturating_rounding_doubling_high_multiply(kThreeHalves, y),
                          saturating_rounding_doubling_high_multiply(half_input, cube));
    y = saturating_multiply_by_power_of_two(difference, 3);
  }
  constexpr int32_t kHalfOfRootOfTwo = 1518500250;  // Q0.31
  y = saturating_rounding_doubling_high_multiply(y, kHalfOfRootOfTwo);
  if (shift < 0) return {wrapping_shift_left(y, -shift), 0};
  return {y, -shift};
}

}  // namespace stapes::reference
