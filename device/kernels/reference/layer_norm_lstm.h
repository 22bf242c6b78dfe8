#pragma once
#include "device/kernels/reference/lstm.h"

namespace stapes::reference {

// The layer normalization of one gate's sums: coefficients [S], int16; `bias` [S] of the gate in
// the coefficients' scale times 2^-10. The multiplier is that scale.
struct LstmNormalization {
  const int16_t* coefficients;
  const int32_t* bias;
  Multiplier multiplier;
  int32_t least_variance;  // instead of one that is 0
};

// int8 UNIDIRECTIONAL_SEQUENCE_LSTM whose gates are normalized over the units, with the arithmetic
// of TensorFlow Lite's own integer kernel, to the byte:
//
//   s_g = sat(sat(W_g x) + R_g h)     int16, in a scale of the gate's own
//   p_g = sat((s_g - mean) / deviation * coefficients_g + bias_g)          Q3.12
//   i, f, o = sigmoid(p_i, p_f, p_o);  g = tanh(p_c)                       Q0.15
//   c = clip(sat(f * c + i * g))
//   h = clamp(output_offset + multiply(tanh(c) * o))
//
// Sums are rounded once, not twice as in lstm(), and the functions are those of
// fixed_point_functions_16.h. `normalizations`: four, in the order of the gates. `gates[].bias` is
// not read, nor parameters.cell_multiplier. `scratch`: kLstmScratch * S elements. REQUIRES: -15 <=
// parameters.cell_scale_power <= -9
void layer_norm_lstm(const LstmParameters& parameters, const LstmGate (&gates)[4],
                     const LstmNormalization* normalizations, const int8_t* input, int8_t* hidden,
                     int16_t* cell, int8_t* output, int16_t* scratch);

// What follows a step's sums s_g, which lie in `sums` as [gate][unit] and are overwritten: for
// forms that make the sums in another way.
void layer_norm_lstm_step(const LstmParameters& parameters, const LstmNormalization* normalizations,
                          int16_t* sums, int8_t* hidden, int16_t* cell);

}  // namespace stapes::reference
