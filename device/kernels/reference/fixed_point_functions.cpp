#include "device/kernels/reference/fixed_point_functions.h"

#include "device/kernels/reference/fixed_point.h"

namespace stapes::reference {
namespace {

constexpr auto product = saturating_rounding_doubling_high_multiply;

// exp(a) for a in [-1/4, 0), Q0.31: Taylor series around -1/8 up to the fourth power.
int32_t exp_of_small_negative(int32_t a) {
  constexpr int32_t kExpOfMinusEighth = 1895147668;  // Q0.31
  constexpr int32_t kThird = 715827883;              // Q0.31
  const int32_t x = a + (1 << 28);                   // a + 1/8
  const int32_t square = product(x, x);
  const int32_t cube = product(square, x);
  const int32_t quarter_of_fourth = rounding_divide_by_power_of_two(product(square, square), 2);
  const int32_t tail = rounding_divide_by_power_of_two(
      product(quarter_of_fourth + cube, kThird) + square, 1);  // x^4/24 + x^3/6 + x^2/2
  return kExpOfMinusEighth + product(kExpOfMinusEighth, x + tail);
}

// Newton's steps for 1 / d, d = (1 + a) / 2, in Q2.29.
int32_t reciprocal_of_half_of_one_plus(int32_t a) {
  const auto half_denominator = static_cast<int32_t>((int64_t{a} + INT32_MAX + 1) / 2);
  constexpr int32_t k48Over17 = 1515870810;        // Q2.29
  constexpr int32_t kMinus32Over17 = -1010580540;  // Q2.29
  constexpr int32_t kOne = 1 << 29;
  int32_t x = k48Over17 + product(half_denominator, kMinus32Over17);
  for (int step = 0; step < 3; ++step) {
    const int32_t error = kOne - product(half_denominator, x);
    x += saturating_multiply_by_power_of_two(product(x, error), 2);
  }
  return x;
}

}  // namespace

int32_t exp_of_negative(int32_t a, int32_t integer_bits) {
  if (a == 0) return INT32_MAX;
  const int32_t fraction_bits = 31 - integer_bits;
  const int32_t quarter = 1 << (fraction_bits - 2);
  const int32_t small = (a & (quarter - 1)) - quarter;  // a modulo 1/4, minus 1/4
  int32_t result = exp_of_small_negative(saturating_multiply_by_power_of_two(small, integer_bits));
  // What remains is a sum of powers of two from 1/4 on: multiply by exp(-2^k) for each.
  const int32_t remainder = wrapping_subtract(small, a);
  constexpr int32_t kExpOfMinusPower[] = {1672461947, 1302514674, 790015084, 290630308,
                                          39332535,   720401,     242};  // k = -2 .. 4, Q0.31
  for (int32_t k = -2; k < integer_bits; ++k) {
    if ((remainder & (1 << (fraction_bits + k))) != 0) {
      result = product(result, kExpOfMinusPower[k + 2]);
    }
  }
  return result;
}

int32_t one_over_one_plus(int32_t a) {
  return saturating_multiply_by_power_of_two(reciprocal_of_half_of_one_plus(a), 1);
}

int32_t one_minus_over_one_plus(int32_t a) {
  return saturating_multiply_by_power_of_two(reciprocal_of_half_of_one_plus(a) - (1 << 29), 2);
}

int32_t logistic_of_q4(int32_t a) {
  if (a == 0) return 1 << 30;
  const int32_t of_magnitude = one_over_one_plus(exp_of_negative(a > 0 ? -a : a, 4));
  return a > 0 ? of_magnitude : INT32_MAX - of_magnitude;
}

int32_t tanh_of_q4(int32_t a) {
  if (a == 0) return 0;
  // The same bits read as Q5.26 are twice the number: exp(-2|a|).
  const int32_t of_magnitude = one_minus_over_one_plus(exp_of_negative(a > 0 ? -a : a, 5));
  return a > 0 ? of_magnitude : -of_magnitude;
}

int32_t reciprocal(int32_t x, int32_t integer_bits, int32_t* bits_over_unit) {
  if (x <= 0) x = 1;
  const int32_t headroom = count_leading_zeros(static_cast<uint32_t>(x));
  *bits_over_unit = integer_bits - headroom;
  const uint32_t normalized = static_cast<uint32_t>(x) << headroom;  // in [1, 2), Q1.31
  return one_over_one_plus(static_cast<int32_t>(normalized - (uint32_t{1} << 31)));
}

}  // namespace stapes::reference
