#pragma once
#include "device/kernels/reference/extended_lstm.h"

namespace stapes::arm_dsp {

// reference::extended_lstm() for cores with the DSP extension, byte for byte. Uses 3.9 kB of stack.
void extended_lstm(const reference::ExtendedLstmParameters& parameters,
                   const reference::ExtendedLstmGate (&gates)[4], const int8_t* input,
                   int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch);
void extended_lstm(const reference::ExtendedLstmParameters& parameters,
                   const reference::ExtendedLstmGate (&gates)[4], const int8_t* input,
                   int16_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch);

}  // namespace stapes::arm_dsp
