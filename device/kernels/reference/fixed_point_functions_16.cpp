#include "device/kernels/reference/fixed_point_functions_16.h"

#include "device/kernels/reference/fixed_point.h"

namespace stapes::reference {
namespace {

constexpr int16_t wrapped(int32_t value) {
  return static_cast<int16_t>(static_cast<uint16_t>(static_cast<uint32_t>(value)));
}

// round(a * b / 2^15), ties away from zero; the one overflow saturates.
constexpr int16_t product(int16_t a, int16_t b) {
  if (a == INT16_MIN && b == INT16_MIN) return INT16_MAX;
  const int32_t exact = int32_t{a} * b;
  return static_cast<int16_t>((exact + (exact >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}

constexpr int16_t halved(int16_t a, int32_t times) {
  return static_cast<int16_t>(rounding_divide_by_power_of_two(a, times));
}
constexpr int16_t doubled(int16_t a, int32_t times) { return clamp_int16(a * (1 << times)); }

// A constant of 32 bits, rounded to 16.
constexpr int16_t constant(int32_t value) {
  return static_cast<int16_t>(rounding_divide_by_power_of_two(value, 16));
}

// exp(a) for a in [-1/4, 0), Q0.15: Taylor series around -1/8 up to the fourth power.
int16_t exp_of_small_negative(int16_t a) {
  constexpr int16_t kExpOfMinusEighth = constant(1895147668);
  constexpr int16_t kThird = constant(715827883);
  const int16_t x = wrapped(a + (1 << 12));  // a + 1/8
  const int16_t square = product(x, x);
  const int16_t cube = product(square, x);
  const int16_t quarter_of_fourth = halved(product(square, square), 2);
  const int16_t tail =
      halved(wrapped(product(wrapped(quarter_of_fourth + cube), kThird) + square), 1);
  return clamp_int16(kExpOfMinusEighth + product(kExpOfMinusEighth, wrapped(x + tail)));
}

// exp(a) in Q0.15 of a <= 0 with `integer_bits`.
int16_t exp_of_negative_16(int16_t a, int32_t integer_bits) {
  if (a == 0) return INT16_MAX;
  const int32_t fraction_bits = 15 - integer_bits;
  const int32_t quarter = 1 << (fraction_bits - 2);
  const int16_t small = wrapped((a & (quarter - 1)) - quarter);  // a modulo 1/4, minus 1/4
  int16_t result = exp_of_small_negative(doubled(small, integer_bits));
  // What remains is a sum of powers of two from 1/4 on: multiply by exp(-2^k) for each.
  const int16_t remainder = wrapped(small - a);
  constexpr int16_t kExpOfMinusPower[] = {
      constant(1672461947), constant(1302514674), constant(790015084), constant(290630308),
      constant(39332535),   constant(720401),     constant(242)};  // k = -2 .. 4
  for (int32_t k = -2; k < integer_bits && k <= 4; ++k) {
    if ((remainder & (1 << (fraction_bits + k))) != 0) {
      result = product(result, kExpOfMinusPower[k + 2]);
    }
  }
  if (integer_bits > 5 && a < -(1 << (20 - integer_bits))) return 0;  // a < -32
  return result;
}

// Newton's steps for 1 / d, d = (1 + a) / 2, in Q2.13.
int16_t reciprocal_of_half_of_one_plus(int16_t a) {
  const auto half_denominator = static_cast<int16_t>((int32_t{a} + INT16_MAX + 1) / 2);
  constexpr int16_t k48Over17 = constant(1515870810);
  constexpr int16_t kMinus32Over17 = constant(-1010580540);
  constexpr int16_t kOne = 1 << 13;
  int16_t x = wrapped(k48Over17 + product(half_denominator, kMinus32Over17));
  for (int step = 0; step < 3; ++step) {
    const int16_t error = wrapped(kOne - product(half_denominator, x));
    x = wrapped(x + doubled(product(x, error), 2));
  }
  return x;
}

}  // namespace

int16_t logistic_of_q3_12(int16_t a) {
  if (a == 0) return 1 << 14;
  const int16_t exponential = exp_of_negative_16(a > 0 ? wrapped(-a) : a, 3);
  const int16_t of_magnitude = doubled(reciprocal_of_half_of_one_plus(exponential), 1);
  return a > 0 ? of_magnitude : wrapped(INT16_MAX - of_magnitude);
}

int16_t tanh_of_16_bits(int16_t a, int32_t integer_bits) {
  if (a == 0) return 0;
  // The same bits with one integer bit more are twice the number: exp(-2|a|).
  const int16_t exponential = exp_of_negative_16(a > 0 ? wrapped(-a) : a, integer_bits + 1);
  const int16_t of_magnitude =
      doubled(wrapped(reciprocal_of_half_of_one_plus(exponential) - (1 << 13)), 2);
  return a > 0 ? of_magnitude : wrapped(-of_magnitude);
}

}  // namespace stapes::reference
