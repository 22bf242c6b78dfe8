#pragma once
#include <cstdint>

// Sigmoid and tanh of the LSTM's gates: a table of 256 values of the sigmoid, 24 per unit, and
// linear interpolation in integers.
namespace stapes::reference {

// The table: sigmoid(k / 24) in Q0.16, k in [0, kSigmoidEntries), and the last one once more.
constexpr int32_t kSigmoidEntries = 256;
const uint16_t* sigmoid_table();

// sigmoid(x) in Q0.15 of x in Q3.12.
int16_t sigmoid_of_q3(int16_t x);

// sigmoid and tanh in Q0.15 of x in steps of 1 / (3 * 2^12). REQUIRES: |x| < 2^30.
int16_t sigmoid_of_steps(int32_t x);
int16_t tanh_of_steps(int32_t x);

// tanh(x * 2^(scale_power)) in Q0.15; for a gate in Q3.12, scale_power is -12.
// REQUIRES: -31 <= scale_power <= 0.
int16_t tanh_of_scaled(int16_t x, int32_t scale_power);

}  // namespace stapes::reference
