#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace stapes::training::cpu {

// Floats at an address that suits every vector. Grows, never shrinks, and forgets what it held when
// it grows.
class Buffer {
 public:
  float* get() const { return floats_.get(); }

  float* with_size(size_t size) {
    if (size > size_) {
      constexpr size_t kAlignment = 64;
      const size_t bytes = (size * sizeof(float) + kAlignment - 1) / kAlignment * kAlignment;
      floats_.reset(static_cast<float*>(std::aligned_alloc(kAlignment, bytes)));
      if (floats_ == nullptr) throw std::bad_alloc();
      size_ = size;
    }
    return floats_.get();
  }
  float* zeros(size_t size) {
    std::fill_n(with_size(size), size, 0.0F);
    return floats_.get();
  }

 private:
  struct Free {
    void operator()(float* floats) const { std::free(floats); }
  };
  std::unique_ptr<float, Free> floats_;
  size_t size_ = 0;
};

}  // namespace stapes::training::cpu
