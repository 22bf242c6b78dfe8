#pragma once
#include "device/kernels/reference/lstm.h"

namespace stapes::x86::avx512 {

// Takes up to 250 kB of stack. More than 128 units or 1,024 inputs are left to the reference.
void lstm(const reference::LstmParameters& parameters, const reference::LstmGate (&gates)[4],
          const int8_t* input, int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch);

}  // namespace stapes::x86::avx512
