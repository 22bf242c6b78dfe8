#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "toolkit/network/network.h"
#include "toolkit/training/cpu/buffer.h"
#include "toolkit/training/cpu/kernels.h"
#include "toolkit/training/model.h"

namespace stapes::training::cpu {

// What every step of a pass through the network needs.
struct Pass {
  const Kernels& kernels;
  size_t count = 0;                      // examples
  std::span<const float> weights;        // in ParameterLayout's order
  std::span<float> gradient;             // likewise; empty in inference
  const Shard* shard = nullptr;          // null: inference
  std::span<const uint32_t> noise_keys;  // of the shard's examples

  bool training() const { return shard != nullptr; }
  // A batch's statistics are means over its examples.
  float share() const { return static_cast<float>(count) / static_cast<float>(shard->batch_size); }
};

// The affine map and the bounds by which a convolution's sums become activations, where they are
// not written out: who reads the value applies them, and on the way back leaves the gradient of the
// map's output, with the sums that the normalization's own gradient needs.
struct Activation {
  Affine affine;
  const float* mean = nullptr;
  bool bounded = false;
  Bounds bounds;
  RoundingNoise noise;
  float* gradient_sum = nullptr;
  float* gradient_product = nullptr;
};

// The output of a step: [count, frames, channels], channels padded with zeros to `columns`.
struct Value {
  size_t frames = 1;
  size_t channels = 0;
  size_t columns = 0;
  bool needs_gradient = false;
  Buffer data;
  Activation* pending = nullptr;  // null: data is what it seems
  // While a backward pass runs, from its first user until the step that made the value.
  std::unique_ptr<Buffer> gradient;

  size_t rows(size_t count) const { return count * frames; }
  size_t size(size_t count) const { return rows(count) * columns; }
};

// Gradients live shortly: a few buffers, used again and again, stay in the cache.
class GradientBuffers {
 public:
  // The value's gradient. `fresh` says that it holds nothing yet and is to be written; otherwise
  // the caller adds to it.
  float* of(Value& value, size_t count, bool& fresh);
  // Likewise, filled with zeros when it is fresh.
  float* to_add_to(Value& value, size_t count);
  void release(Value& value);

 private:
  std::vector<std::unique_ptr<Buffer>> free_;
};

// One or several nodes of a network computed together.
class Step {
 public:
  explicit Step(Value& made) : output(made) {}
  virtual ~Step() = default;
  virtual void forward(const Pass& pass) = 0;
  // REQUIRES: forward() of the same pass, and the gradient of the output.
  virtual void backward(const Pass& pass, GradientBuffers& gradients) = 0;

  Value& output;
};

// Where a parameter lies among all; size 0: the node has none.
struct ParameterPlace {
  size_t offset = 0;
  size_t size = 0;

  const float* in(std::span<const float> all) const { return all.data() + offset; }
  float* in(std::span<float> all) const { return all.data() + offset; }
};

// Between dense matrices and those whose rows are padded with zeros.
void pad_rows(const float* dense, size_t rows, size_t channels, size_t columns, float* padded);
void unpad_rows(const float* padded, size_t rows, size_t channels, size_t columns, float* dense);
// [rows, channels] -> [channels, columns], columns >= rows.
void transpose_padded(const float* dense, size_t rows, size_t channels, size_t columns,
                      float* transposed);

}  // namespace stapes::training::cpu
