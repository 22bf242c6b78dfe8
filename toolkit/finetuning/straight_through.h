#pragma once
#include <ATen/ATen.h>

#include "toolkit/quantization/affine.h"

namespace stapes::finetuning {

// A quantized tensor with a gradient: forward it is what the int8 model stores, dequantized;
// backward it is the float tensor `x`, from which it differs by rounding and clipping.
//
//   y = scale * (stored - zero_point)
//   dy/dx    = 1 inside the range, 0 where x lies outside ("straight through")
//   dy/dlow  = 1 below the range, -(y - x) / (high - low) inside: what moving the end does to the
//   dy/dhigh = 1 above the range, +(y - x) / (high - low) inside  rounding (Esser et al., "Learned
//                                                                  step size quantization")
// `low` and `high` are scalars; undefined where the range is not trained.
at::Tensor straight_through(const at::Tensor& x, const at::Tensor& stored,
                            quantization::Affine affine, const at::Tensor& low,
                            const at::Tensor& high);

// The same for weights: y = dequantized values, dy/dx = 1. Their scale follows from the largest of
// them, so none is ever clipped.
at::Tensor straight_through(const at::Tensor& x, const at::Tensor& y);

}  // namespace stapes::finetuning
