#pragma once
#include "device/kernels/geometry.h"

namespace stapes::reference {

// PAD: positions around the input get `value`, of which `element_bytes` (1, 2, 4 or 8) low bytes
// count.
void pad(const Padded& padded, int32_t element_bytes, uint64_t value, const void* input,
         void* output);

}  // namespace stapes::reference
