#pragma once
#include "device/kernels/reference/layer_norm_lstm.h"

namespace stapes::arm_dsp {

// reference::layer_norm_lstm() for cores with the DSP extension, byte for byte. Uses 4 kB of stack.
void layer_norm_lstm(const reference::LstmParameters& parameters,
                     const reference::LstmGate (&gates)[4],
                     const reference::LstmNormalization* normalizations, const int8_t* input,
                     int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch);

}  // namespace stapes::arm_dsp
