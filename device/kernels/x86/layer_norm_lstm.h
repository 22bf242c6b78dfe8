#pragma once
#include "device/kernels/reference/layer_norm_lstm.h"

namespace stapes::x86 {

// reference::layer_norm_lstm(), byte for byte, with the vector instructions of the processor that
// the program runs on (level.h).
void layer_norm_lstm(const reference::LstmParameters& parameters,
                     const reference::LstmGate (&gates)[4],
                     const reference::LstmNormalization* normalizations, const int8_t* input,
                     int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch);

}  // namespace stapes::x86
