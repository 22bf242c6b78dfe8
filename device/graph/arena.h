#pragma once
#include <cstddef>
#include <cstdint>

namespace stapes {

// Every block in the arena starts on such a boundary, and the arena itself must.
constexpr size_t kArenaAlignment = 16;

constexpr size_t align_up(size_t bytes, size_t alignment = kArenaAlignment) {
  return (bytes + alignment - 1) / alignment * alignment;
}

// Hands out caller-owned memory from front to back; nothing is given back.
class Arena {
 public:
  Arena() = default;
  Arena(void* memory, size_t size) : memory_(static_cast<uint8_t*>(memory)), size_(size) {}

  // `bytes` bytes aligned to kArenaAlignment, or null when they don't fit.
  void* allocate(size_t bytes) {
    const size_t start = align_up(used_);
    if (start > size_ || bytes > size_ - start) return nullptr;
    used_ = start + bytes;
    return memory_ + start;
  }

  uint8_t* memory() const { return memory_; }
  size_t size() const { return size_; }
  size_t used() const { return used_; }

 private:
  uint8_t* memory_ = nullptr;
  size_t size_ = 0;
  size_t used_ = 0;
};

}  // namespace stapes
