#pragma once
#include <algorithm>

#include "toolkit/training/cpu/step.h"

// How a convolution reads rows of a value and hands their gradient back, whether or not the value
// still waits for its activation.
namespace stapes::training::cpu {

inline void read_rows(const Pass& pass, const Value& value, size_t first, size_t rows,
                      float* output) {
  const float* from = value.data.get() + first * value.columns;
  if (value.pending == nullptr) {
    std::copy_n(from, rows * value.columns, output);
  } else {
    RoundingNoise noise = value.pending->noise;
    noise.first = first;
    pass.kernels.normalize(from, rows, value.columns, value.pending->affine, {}, noise,
                           value.pending->bounds, output);
  }
}

// `fresh`: the value's gradient holds nothing yet. A pending value has one reader, whose gradients
// are always fresh.
inline void return_rows(const Pass& pass, const Value& value, size_t first, size_t rows,
                        const float* gradient, bool fresh, float* value_gradient) {
  const size_t begin = first * value.columns;
  const size_t size = rows * value.columns;
  float* to = value_gradient + begin;
  if (value.pending != nullptr) {
    const Activation& activation = *value.pending;
    const float* from = value.data.get() + begin;
    RoundingNoise noise = activation.noise;
    noise.first = first;
    pass.kernels.mask(gradient, from, activation.bounded ? from : nullptr, rows, value.columns,
                      activation.affine, noise, activation.bounds, activation.mean, to,
                      activation.gradient_sum, activation.gradient_product);
  } else if (fresh) {
    std::copy_n(gradient, size, to);
  } else {
    for (size_t i = 0; i < size; ++i) to[i] += gradient[i];
  }
}

}  // namespace stapes::training::cpu
