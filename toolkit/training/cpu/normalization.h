#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "toolkit/training/cpu/step.h"

namespace stapes::training::cpu {

// What follows a convolution: batch norm (or none), the shortcut of a residual (or none; the sum's
// other side may have bounds), an activation (or none). In training
//
//   z = convolution
//   y = activation((z - mean) / sqrt(variance + epsilon) * gamma + beta + shortcut + noise)
//
// with the shard's own mean and variance; in inference with the moving ones.
class Normalization {
 public:
  struct Settings {
    bool batch_norm = false;
    ParameterPlace gamma, beta, moving_mean, moving_variance;
    float epsilon = 0;
    bool bounded = false;
    Bounds bounds;
    Value* shortcut = nullptr;
    bool bounded_before_shortcut = false;
    Bounds bounds_before_shortcut;
    float rounding_noise = 0;  // its width, in training
    size_t node = 0;           // by which it is keyed
    // Whether y is written, or left to the only step that reads it.
    bool written = true;
  };

  Normalization(Settings settings, Value& output);

  // Where the convolution writes z.
  float* sums(size_t count);
  const float* sums() const { return settings_.written ? sums_.get() : output_.data.get(); }

  void begin_forward(const Pass& pass);
  // To be called with all rows of z in order, some at a time.
  void add(const Pass& pass, const float* rows, size_t count);
  void end_forward(const Pass& pass);

  // Gradients of gamma, beta and the shortcut.
  void begin_backward(const Pass& pass, GradientBuffers& gradients);
  // The gradient of z, in rows [first, first + rows), into `gradient`.
  void backward(const Pass& pass, size_t first, size_t rows, float* gradient) const;

 private:
  float* column(size_t i) const { return columns_.get() + i * output_.columns; }

  Settings settings_;
  Value& output_;
  Buffer sums_;     // z where y is written
  Buffer columns_;  // several arrays of one value per column
  Moments moments_;
  std::vector<uint32_t> noise_keys_;
  Activation activation_;
  const float* masked_ = nullptr;  // gradient of the affine map's output
};

}  // namespace stapes::training::cpu
