#pragma once
#include "device/kernels/geometry.h"

namespace stapes::float32 {

struct FullyConnectedParameters {
  MatrixProduct product;
  float minimum;  // of the output, from the fused activation
  float maximum;
};

// Floats of scratch that fully_connected() needs.
int32_t fully_connected_scratch(const MatrixProduct& product);

// output[b][o] = clamp(sum_i input[b][i] weights[o][i] + bias[o]), the sum in the order of i.
// `bias` may be null.
void fully_connected(const FullyConnectedParameters& parameters, const float* input,
                     const float* weights, const float* bias, float* scratch, float* output);

}  // namespace stapes::float32
