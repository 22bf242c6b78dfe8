#pragma once
#include <cstdint>

namespace stapes::reference {

// LOGISTIC and TANH of int16, with the table of the LSTM's gates; the output has scale 2^-15, all
// zero points are 0. (input * multiplier + rounding) >> shift is the input in steps of 1 / (3 *
// 2^12).
struct SquashInt16Parameters {
  int32_t elements;
  int32_t multiplier;  // at most 32767
  int32_t shift;       // 0 to 31
};
void logistic(const SquashInt16Parameters& parameters, const int16_t* input, int16_t* output);
void tanh(const SquashInt16Parameters& parameters, const int16_t* input, int16_t* output);

}  // namespace stapes::reference
