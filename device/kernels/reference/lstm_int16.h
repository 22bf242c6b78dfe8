#pragma once
#include "device/kernels/reference/lstm.h"

namespace stapes::reference {

// A gate of an LSTM with int16 activations: its bias has 64 bits.
struct LstmGateInt16 {
  const int8_t* input_weights;
  const int8_t* recurrent_weights;
  const int64_t* bias;
  Multiplier input_multiplier;
  Multiplier recurrent_multiplier;
};

// UNIDIRECTIONAL_SEQUENCE_LSTM with int16 activations and int8 weights. Input, hidden state and
// output have zero point 0; gates, cell and everything else are those of the int8 LSTM (lstm.h),
// with sums of 64 bits and multiply_wide() for the gates.
void lstm(const LstmParameters& parameters, const LstmGateInt16 (&gates)[4], const int16_t* input,
          int16_t* hidden, int16_t* cell, int16_t* output, int16_t* scratch);

}  // namespace stapes::reference
