#pragma once
#include "device/kernels/reference/extended_lstm.h"

namespace stapes::x86::avx2 {

// Takes up to 250 kB of stack. More than 128 units or 1,024 inputs are left to the reference.
void extended_lstm(const reference::ExtendedLstmParameters& parameters,
                   const reference::ExtendedLstmGate (&gates)[4], const int8_t* input,
                   int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch);
void extended_lstm(const reference::ExtendedLstmParameters& parameters,
                   const reference::ExtendedLstmGate (&gates)[4], const int8_t* input,
                   int16_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch);

}  // namespace stapes::x86::avx2
