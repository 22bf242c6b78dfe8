#include "toolkit/training/cpu/step.h"

#include <algorithm>
#include <utility>

namespace stapes::training::cpu {

float* GradientBuffers::of(Value& value, size_t count, bool& fresh) {
  fresh = value.gradient == nullptr;
  if (fresh) {
    if (free_.empty()) free_.push_back(std::make_unique<Buffer>());
    value.gradient = std::move(free_.back());  // the last one given back: still in the cache
    free_.pop_back();
  }
  return value.gradient->with_size(value.size(count));
}

float* GradientBuffers::to_add_to(Value& value, size_t count) {
  bool fresh = false;
  float* gradient = of(value, count, fresh);
  if (fresh) std::fill_n(gradient, value.size(count), 0.0F);
  return gradient;
}

void GradientBuffers::release(Value& value) {
  if (value.gradient != nullptr) free_.push_back(std::move(value.gradient));
}

void pad_rows(const float* dense, size_t rows, size_t channels, size_t columns, float* padded) {
  for (size_t i = 0; i < rows; ++i) {
    float* to = padded + i * columns;
    std::copy_n(dense + i * channels, channels, to);
    std::fill(to + channels, to + columns, 0.0F);
  }
}

void unpad_rows(const float* padded, size_t rows, size_t channels, size_t columns, float* dense) {
  for (size_t i = 0; i < rows; ++i) {
    std::copy_n(padded + i * columns, channels, dense + i * channels);
  }
}

void transpose_padded(const float* dense, size_t rows, size_t channels, size_t columns,
                      float* transposed) {
  for (size_t j = 0; j < channels; ++j) {
    float* to = transposed + j * columns;
    for (size_t i = 0; i < rows; ++i) to[i] = dense[i * channels + j];
    std::fill(to + rows, to + columns, 0.0F);
  }
}

}  // namespace stapes::training::cpu
