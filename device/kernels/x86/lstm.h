#pragma once
#include "device/kernels/reference/lstm.h"

namespace stapes::x86 {

// reference::lstm(), byte for byte, with the vector instructions of the processor
// that the program runs on (level.h).
void lstm(const reference::LstmParameters& parameters, const reference::LstmGate (&gates)[4],
          const int8_t* input, int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch);

}  // namespace stapes::x86
