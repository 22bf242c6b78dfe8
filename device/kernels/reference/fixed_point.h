#pragma once
#include <cstdint>

// Integer arithmetic that all integer kernels are built from. The rounding is that of TensorFlow
// Lite Micro's reference kernels, "double rounding": a multiplication that rounds, then a division
// that rounds. Overflow wraps or saturates exactly where it is said to; nothing is undefined.
namespace stapes::reference {

// value * 2^(shift - 31); value is 0 or in [2^30, 2^31).
struct Multiplier {
  int32_t value = 0;
  int32_t shift = 0;
};

// The nearest Multiplier; ties away from zero; 0 below 2^-32. REQUIRES: real finite and >= 0.
Multiplier quantize_multiplier(double real);

// A shift of more than 30 to the left can't be carried out.
constexpr bool is_usable(const Multiplier& multiplier) { return multiplier.shift <= 30; }

// Two's complement arithmetic that wraps.
constexpr int32_t wrapping_add(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
constexpr int32_t wrapping_subtract(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
}
constexpr int32_t wrapping_shift_left(int32_t a, int32_t bits) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) << bits);
}

// round(a * b / 2^31), ties towards +infinity; the one overflow, both INT32_MIN, saturates.
constexpr int32_t saturating_rounding_doubling_high_multiply(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  return static_cast<int32_t>((int64_t{a} * b + (int64_t{1} << 30)) >> 31);
}

// round(a / 2^exponent), ties away from zero. REQUIRES: 0 <= exponent; from 32 on it is 0.
constexpr int32_t rounding_divide_by_power_of_two(int32_t a, int32_t exponent) {
  if (exponent > 31) return 0;
  // Within 32 bits, which is what microcontrollers have: round up above half of the divisor, and at
  // half of it when a >= 0.
  const uint32_t mask = (1U << exponent) - 1;
  const uint32_t remainder = static_cast<uint32_t>(a) & mask;
  const uint32_t threshold = (mask >> 1) + (a < 0 ? 1 : 0);
  return (a >> exponent) + (remainder > threshold ? 1 : 0);
}

// a * 2^exponent, saturating; REQUIRES: 0 <= exponent <= 31.
constexpr int32_t saturating_multiply_by_power_of_two(int32_t a, int32_t exponent) {
  const int64_t product = int64_t{a} * (int64_t{1} << exponent);
  if (product > INT32_MAX) return INT32_MAX;
  if (product < INT32_MIN) return INT32_MIN;
  return static_cast<int32_t>(product);
}

// round(round(a * value * 2^max(shift, 0) / 2^31) / 2^max(-shift, 0)); the shift to the left wraps.
// REQUIRES: is_usable(multiplier).
constexpr int32_t multiply(int32_t a, Multiplier multiplier) {
  const int32_t left = multiplier.shift > 0 ? multiplier.shift : 0;
  const int32_t right = multiplier.shift > 0 ? 0 : -multiplier.shift;
  return rounding_divide_by_power_of_two(
      saturating_rounding_doubling_high_multiply(wrapping_shift_left(a, left), multiplier.value),
      right);
}

// The same of a 64-bit sum, as operators with int16 activations have it: the multiplier keeps 15 of
// its 31 bits, and is rounded once. What does not fit wraps. REQUIRES: is_usable_wide(multiplier).
constexpr bool is_usable_wide(const Multiplier& multiplier) { return multiplier.shift <= 7; }
constexpr int32_t multiply_wide(int64_t a, Multiplier multiplier) {
  const int32_t reduced =
      multiplier.value < 0x7FFF0000 ? (multiplier.value + (1 << 15)) >> 16 : 0x7FFF;
  const int32_t shift = 15 - multiplier.shift;
  const uint64_t product = static_cast<uint64_t>(a) * static_cast<uint64_t>(reduced);
  return static_cast<int32_t>(static_cast<int64_t>(product + (uint64_t{1} << (shift - 1))) >>
                              shift);
}

// The sum of an operator with int16 activations, which is as wide as its bias.
constexpr int32_t multiply_sum(int64_t sum, Multiplier multiplier) {
  return multiply_wide(sum, multiplier);
}
constexpr int32_t multiply_sum(int32_t sum, Multiplier multiplier) {
  return multiply(sum, multiplier);
}

constexpr int32_t clamp(int32_t value, int32_t minimum, int32_t maximum) {
  return value < minimum ? minimum : value > maximum ? maximum : value;
}
constexpr int8_t clamp_int8(int32_t value) {
  return static_cast<int8_t>(clamp(value, INT8_MIN, INT8_MAX));
}
constexpr int16_t clamp_int16(int32_t value) {
  return static_cast<int16_t>(clamp(value, INT16_MIN, INT16_MAX));
}

constexpr int32_t count_leading_zeros(uint32_t value) {
  int32_t zeros = 32;
  for (; value != 0; value >>= 1) --zeros;
  return zeros;
}

// 1 / sqrt(x) as a Multiplier, by five Newton steps in Q3.28; 0 counts as 1. REQUIRES: x >= 0.
Multiplier inverse_square_root(int32_t x);

}  // namespace stapes::reference
