#pragma once
#include <cstddef>
#include <cstdint>

namespace stapes::reference {

// RESHAPE, SQUEEZE, EXPAND_DIMS: the same elements in the same order. Does nothing when both are
// the same memory.
void copy(const void* input, size_t bytes, void* output);

}  // namespace stapes::reference
