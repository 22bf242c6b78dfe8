#pragma once
#include <cstdint>

namespace stapes {

// Number of bits up to the highest that is set: 0 for 0, 1 for 1, 32 for 2^31.
inline int32_t bit_length(uint32_t value) { return value == 0 ? 0 : 32 - __builtin_clz(value); }
inline int32_t bit_length(uint64_t value) { return value == 0 ? 0 : 64 - __builtin_clzll(value); }

}  // namespace stapes
