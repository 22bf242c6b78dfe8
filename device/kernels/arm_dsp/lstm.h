#pragma once
#include "device/kernels/reference/lstm.h"

namespace stapes::arm_dsp {

// reference::lstm() for cores with the DSP extension, byte for byte. Uses 3.9 kB of stack.
void lstm(const reference::LstmParameters& parameters, const reference::LstmGate (&gates)[4],
          const int8_t* input, int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch);

}  // namespace stapes::arm_dsp
