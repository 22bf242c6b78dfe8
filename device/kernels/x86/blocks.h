#pragma once
#include <cstddef>
#include <cstdint>

#include "device/kernels/reference/fixed_point.h"

// Before a loop of known length over vectors, so that they stay in registers.
#if defined(__clang__)
#define STAPES_UNROLL _Pragma("unroll")
#define STAPES_UNROLL_TWICE _Pragma("unroll 2")
#else
#define STAPES_UNROLL _Pragma("GCC unroll 16")
#define STAPES_UNROLL_TWICE _Pragma("GCC unroll 2")
#endif

// What the kernels of every level share.
namespace stapes::x86 {

// Packed constants lie at the first of these boundaries in the memory for them.
constexpr size_t kLineBytes = 64;

// Where several blocks of constants lie one behind the other, each begins at such a boundary.
constexpr size_t whole_lines(size_t bytes) {
  return (bytes + kLineBytes - 1) / kLineBytes * kLineBytes;
}

inline uint8_t* aligned_to_line(void* memory) {
  auto* bytes = static_cast<uint8_t*>(memory);
  return bytes + (kLineBytes - reinterpret_cast<uintptr_t>(bytes) % kLineBytes) % kLineBytes;
}
inline const uint8_t* aligned_to_line(const void* memory) {
  return aligned_to_line(const_cast<void*>(memory));
}

}  // namespace stapes::x86
