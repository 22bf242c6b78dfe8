#pragma once
#include <cstddef>
#include <cstdint>

namespace stapes::reference {

// CONCATENATION and SPLIT along an axis are, for one of the joined tensors, a copy of `count`
// chunks of `bytes` bytes (its part of the axis and everything inside) between places that lie
// `from_step` and `to_step` bytes apart.
void copy_chunks(const void* from, size_t from_step, void* to, size_t to_step, size_t bytes,
                 int32_t count);

}  // namespace stapes::reference
