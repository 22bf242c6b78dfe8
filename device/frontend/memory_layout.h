#pragma once
#include <cstddef>
#include <cstdint>

namespace stapes {

// Deals out pieces of one block of memory. With a null block it only adds up what is needed.
class MemoryLayout {
 public:
  explicit MemoryLayout(void* memory) : memory_(static_cast<uint8_t*>(memory)) {}

  template <typename T>
  T* take(int32_t count) {
    used_ = (used_ + kAlignment - 1) / kAlignment * kAlignment;
    uint8_t* start = memory_ == nullptr ? nullptr : memory_ + used_;
    used_ += static_cast<size_t>(count) * sizeof(T);
    return reinterpret_cast<T*>(start);
  }

  size_t used() const { return used_; }

  static constexpr size_t kAlignment = 32;

 private:
  uint8_t* memory_;
  size_t used_ = 0;
};

}  // namespace stapes
