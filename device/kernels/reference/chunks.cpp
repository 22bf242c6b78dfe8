#include "device/kernels/reference/chunks.h"

#include <cstring>

namespace stapes::reference {

void copy_chunks(const void* from, size_t from_step, void* to, size_t to_step, size_t bytes,
                 int32_t count) {
  const auto* source = static_cast<const uint8_t*>(from);
  auto* target = static_cast<uint8_t*>(to);
  for (int32_t i = 0; i < count; ++i) {
    std::memcpy(target, source, bytes);
    source += from_step;
    target += to_step;
  }
}

}  // namespace stapes::reference
