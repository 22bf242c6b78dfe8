#pragma once
#include <cstdint>

namespace stapes {

constexpr int32_t kWindowBits = 12;

// output[i] = samples[i] * coefficients[i] (Q12), rounded down; returns the greatest absolute
// value, in which -32768, whose absolute value 16 bits cannot hold, does not count.
int16_t apply_window(const int16_t* coefficients, const int16_t* samples, int32_t count,
                     int16_t* output);

// By how many bits windowed samples are shifted left so that the FFT uses its 16 bits: the number
// of leading zeros of the greatest absolute value's 15 bits.
int32_t input_shift(int16_t greatest);

}  // namespace stapes
