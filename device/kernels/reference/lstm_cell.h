#pragma once
#include "device/kernels/reference/lookup_functions.h"
#include "device/kernels/reference/lstm.h"

namespace stapes::reference {

// One unit of an LSTM behind the sums of its gates, which are sums[0], sums[S], sums[2 S] and
// sums[3 S] in the gates' order: updates the cell and returns tanh(cell) * output gate in Q0.30.
inline int32_t update_cell(const LstmParameters& parameters, const int16_t* sums, int16_t* cell) {
  enum Gate { kInput, kForget, kCell, kOutput };
  constexpr Multiplier kForgetMultiplier = {1 << 30, -14};  // 2^-15, rounded twice like the others
  const int32_t units = parameters.shape.units;
  const int16_t input_gate = sigmoid_of_q3(sums[kInput * units]);
  const int16_t forget_gate = sigmoid_of_q3(sums[kForget * units]);
  const int16_t candidate = tanh_of_scaled(sums[kCell * units], -12);
  const int16_t output_gate = sigmoid_of_q3(sums[kOutput * units]);
  const int32_t kept = clamp_int16(multiply(forget_gate * *cell, kForgetMultiplier));
  const int32_t added = clamp_int16(multiply(input_gate * candidate, parameters.cell_multiplier));
  int32_t state = clamp_int16(kept + added);
  if (parameters.cell_clip > 0) state = clamp(state, -parameters.cell_clip, parameters.cell_clip);
  *cell = static_cast<int16_t>(state);
  return tanh_of_scaled(*cell, parameters.cell_scale_power) * output_gate;
}

// The same, giving the hidden state before it is clamped to its type.
inline int32_t update_unit(const LstmParameters& parameters, const int16_t* sums, int16_t* cell) {
  return wrapping_add(multiply(update_cell(parameters, sums, cell), parameters.hidden_multiplier),
                      parameters.output_offset);
}

}  // namespace stapes::reference
