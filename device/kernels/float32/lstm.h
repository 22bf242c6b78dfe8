#pragma once
#include "device/kernels/geometry.h"

namespace stapes::float32 {

// Gates in the order input, forget, cell, output.
struct LstmWeights {
  const float* input[4];         // [S, I]
  const float* recurrent[4];     // [S, S]
  const float* bias[4];          // [S]
  const float* coefficients[4];  // [S], of the layer normalization; all null: none
};

// Floats of scratch that lstm() needs.
int32_t lstm_scratch(const LstmShape& shape);

// For every step, with sigma the logistic function and * element by element:
//   i = sigma(Wi x + bi + Ri h)   f = sigma(Wf x + bf + Rf h)   o = sigma(Wo x + bo + Ro h)
//   g = tanh(Wg x + bg + Rg h)    c = clip(f*c + i*g)           h = tanh(c) * o
// With layer normalization, n(W x + R h) * coefficients + b stands in each of the four brackets,
// where n takes away the mean over the units and divides by sqrt(variance + 1e-8).
// Writes h of every step to `output`; `hidden` and `cell` [B, S] are the state, read and written.
// cell_clip 0: no clipping.
void lstm(const LstmShape& shape, float cell_clip, const float* input, const LstmWeights& weights,
          float* hidden, float* cell, float* scratch, float* output);

}  // namespace stapes::float32
