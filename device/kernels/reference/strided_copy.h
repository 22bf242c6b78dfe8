#pragma once
#include "device/kernels/geometry.h"

namespace stapes::reference {

// TRANSPOSE, STRIDED_SLICE: picks elements of `element_bytes` (1, 2, 4 or 8) bytes.
void strided_copy(const StridedCopy& copy, int32_t element_bytes, const void* input, void* output);

}  // namespace stapes::reference
