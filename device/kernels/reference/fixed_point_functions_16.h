#pragma once
#include <cstdint>

// Functions of fixed-point numbers of 16 bits, the approximations of gemmlowp's fixedpoint library,
// bit for bit: what TensorFlow Lite's layer-normalized LSTM squashes its gates with. (The plain
// LSTM is TensorFlow Lite Micro's and reads a table, lookup_functions.h.)
namespace stapes::reference {

// 1 / (1 + exp(-a)) in Q0.15 of a in Q3.12.
int16_t logistic_of_q3_12(int16_t a);

// tanh(a) in Q0.15 of a with `integer_bits`. REQUIRES: 0 <= integer_bits <= 6.
int16_t tanh_of_16_bits(int16_t a, int32_t integer_bits);

}  // namespace stapes::reference
