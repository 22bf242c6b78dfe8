#pragma once
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

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

  // `bytes` aligned bytes, or null when they don't fit.
  void* allocate(size_t bytes, size_t alignment = kArenaAlignment) {
    const size_t start = align_up(used_, alignment);
    if (start > size_ || bytes > size_ - start) return nullptr;
    used_ = start + bytes;
    return memory_ + start;
  }

  // `count` default-initialized elements.
  template <typename T>
  T* allocate_array(int32_t count, size_t alignment = alignof(T)) {
    static_assert(std::is_trivially_destructible<T>::value && alignof(T) <= kArenaAlignment);
    const size_t elements = static_cast<size_t>(count);
    if (elements > size_ / sizeof(T)) return nullptr;
    auto* block = static_cast<T*>(allocate(elements * sizeof(T), alignment));
    for (size_t i = 0; block != nullptr && i < elements; ++i) new (block + i) T{};
    return block;
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
