#pragma once
#include "device/kernels/geometry.h"

namespace stapes::float32 {

// Gates in the order input, forget, cell, output.
struct LstmWeights {
  const float* input[4];      // [S, I]
  const float* recurrent[4];  // [S, S]
  const float* bias[4];       // [S]
};

// Floats of scratch that lstm() needs.
int32_t lstm_scratch(const LstmShape& shape);

// For every step, with sigma the logistic function and * element by element:
//   i = sigma(Wi x + bi + Ri h)   f = sigma(Wf x + bf + Rf h)   o = sigma(Wo x + bo + Ro h)
//   g = tanh(Wg x + bg + Rg h)    c = clip(f*c + i*g)           h = tanh(c) * o
// Writes h of every step to `output`; `hidden` and `cell` [B, S] are the state, read and written.
// cell_clip 0: no clipping.
void lstm(const LstmShape& shape, float cell_clip, const float* input, const LstmWeights& weights,
          float* hidden, float* cell, float* scratch, float* output);

}  // namespace stapes::float32
