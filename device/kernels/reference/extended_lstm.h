#pragma once
#include "device/kernels/reference/lstm.h"

namespace stapes::reference {

// One gate: weights [S, I], recurrent weights [S, S], bias [S] in the scale of its row's product
// with the input. The multipliers bring a row's sum to Q3.12.
struct ExtendedLstmGate {
  const int8_t* input_weights;
  const int8_t* recurrent_weights;
  const int32_t* bias;
  RowMultipliers input_multipliers;
  RowMultipliers recurrent_multipliers;
};

// `lstm` as for the int8 LSTM; its hidden_multiplier and output_offset make the hidden state.
struct ExtendedLstmParameters {
  LstmParameters lstm;
  Multiplier output_multiplier;  // tanh(cell) * output gate (Q0.30) -> output
  int32_t output_offset;         // the output's zero point
};

// STAPES_LSTM, an extension that other runtimes do not have: the int8 LSTM of lstm.h with a scale
// for each row of weights, and with a hidden state that is fed back in int8, as there, or in int16.
// For g = input, forget, cell, output and each unit u:
//
//   p_g[u] = sat(sat(W_g[u] x + b_g[u]) + sat(R_g[u] h))     Q3.12, with the multipliers of row u
//   i, f, o = sigmoid(p_i, p_f, p_o);  g = tanh(p_c)         Q0.15
//   c = clip(sat(sat(f * c) + sat(i * g)))                   int16
//   h = clamp(hidden_zero_point + multiply(tanh(c) * o, hidden_multiplier))
//   y = clamp(output_zero_point + multiply(tanh(c) * o, output_multiplier))
//
// The output is rounded from the same product as the state, not from the state. With int16 the
// hidden state's zero point is 0 and its sums are exact in 32 bits; with int8 it has the output's
// numbers, so that h = y. With one scale per matrix and int8 this is lstm(), byte for byte.
//
// REQUIRES for int16: at most kMostExtendedLstmUnits units, hidden_offset and lstm.output_offset 0.
// `scratch`: kLstmScratch * S elements.
constexpr int32_t kMostExtendedLstmUnits = 511;  // 511 * 2^15 * 2^7 < 2^31
void extended_lstm(const ExtendedLstmParameters& parameters, const ExtendedLstmGate (&gates)[4],
                   const int8_t* input, int8_t* hidden, int16_t* cell, int8_t* output,
                   int16_t* scratch);
void extended_lstm(const ExtendedLstmParameters& parameters, const ExtendedLstmGate (&gates)[4],
                   const int8_t* input, int16_t* hidden, int16_t* cell, int8_t* output,
                   int16_t* scratch);

}  // namespace stapes::reference
