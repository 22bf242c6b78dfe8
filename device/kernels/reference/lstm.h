#pragma once
#include "device/kernels/geometry.h"
#include "device/kernels/reference/fixed_point.h"

namespace stapes::reference {

// One gate: weights [S, I], recurrent weights [S, S], bias [S] in the scale of the input's product.
// The multipliers bring both sums to Q3.12.
struct LstmGate {
  const int8_t* input_weights;
  const int8_t* recurrent_weights;
  const int32_t* bias;
  Multiplier input_multiplier;
  Multiplier recurrent_multiplier;
};

// One multiplier for every row of a weight matrix, or (step 0) one for all of them.
struct RowMultipliers {
  const Multiplier* values;
  int32_t step;  // 0 or 1

  const Multiplier& of_row(int32_t row) const { return values[row * step]; }
};

struct LstmParameters {
  LstmShape shape;
  int32_t input_offset;          // minus the input's zero point
  int32_t hidden_offset;         // minus the hidden state's zero point
  int32_t output_offset;         // the hidden state's zero point
  int32_t cell_scale_power;      // cell state: int16, scale 2^cell_scale_power
  int32_t cell_clip;             // 0: none
  Multiplier cell_multiplier;    // input gate * cell gate (Q0.30) -> cell state
  Multiplier hidden_multiplier;  // tanh(cell) * output gate (Q0.30) -> hidden state
};

// int8 UNIDIRECTIONAL_SEQUENCE_LSTM with int16 gates and cell:
//
//   p_g = sat(sat(W_g x + b_g) + sat(R_g h))      Q3.12, for g = input, forget, cell, output
//   i, f, o = sigmoid(p_i, p_f, p_o);  g = tanh(p_c)         Q0.15
//   c = clip(sat(sat(f * c) + sat(i * g)))
//   h = clamp(output_offset + multiply(tanh(c) * o))
//
// `hidden` [B, S] and `cell` [B, S] are read and left for the next call. The order of the gates is
// input, forget, cell, output. `scratch`: kLstmScratch * S elements of int16_t.
constexpr int32_t kLstmScratch = 4;
void lstm(const LstmParameters& parameters, const LstmGate (&gates)[4], const int8_t* input,
          int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch);

// The same with another way to make the gates' sums p_g of one step.
using LstmGateSums = void(const LstmParameters& parameters, const LstmGate& gate,
                          const int8_t* input, const int8_t* hidden, int16_t* sums);
void lstm_with(LstmGateSums* gate_sums, const LstmParameters& parameters,
               const LstmGate (&gates)[4], const int8_t* input, int8_t* hidden, int16_t* cell,
               int8_t* output, int16_t* scratch);

}  // namespace stapes::reference
