#pragma once
#include "device/kernels/reference/layer_norm_lstm.h"

namespace stapes::x86::avx2 {

// Takes up to 250 kB of stack. More than 128 units or 1,024 inputs are left to the reference.
void layer_norm_lstm(const reference::LstmParameters& parameters,
                     const reference::LstmGate (&gates)[4],
                     const reference::LstmNormalization* normalizations, const int8_t* input,
                     int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch);

}  // namespace stapes::x86::avx2
