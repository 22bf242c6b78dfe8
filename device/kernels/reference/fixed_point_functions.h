#pragma once
#include <cstdint>

// Functions of fixed-point numbers, the approximations of gemmlowp's fixedpoint library, bit for
// bit. Qm.n: m integer bits, n fraction bits and a sign in int32_t.
namespace stapes::reference {

// exp(a) in Q0.31 of a <= 0 in Q(integer_bits).(31 - integer_bits). REQUIRES: integer_bits <= 5.
int32_t exp_of_negative(int32_t a, int32_t integer_bits);

// 1 / (1 + a) and (1 - a) / (1 + a) in Q0.31 of a in [0, 1], Q0.31.
int32_t one_over_one_plus(int32_t a);
int32_t one_minus_over_one_plus(int32_t a);

// 1 / (1 + exp(-a)) and tanh(a) in Q0.31 of a in Q4.27.
int32_t logistic_of_q4(int32_t a);
int32_t tanh_of_q4(int32_t a);

// 1 / x = result * 2^-bits_over_unit, result in Q0.31, of x > 0 with `integer_bits`.
int32_t reciprocal(int32_t x, int32_t integer_bits, int32_t* bits_over_unit);

}  // namespace stapes::reference
