#pragma once
#include <memory>

#include "device/spotter/spotter.h"

// Memory for a spotter, aligned as it asks for.
namespace stapes::test {

struct alignas(Spotter::kAlignment) Block {
  uint8_t bytes[Spotter::kAlignment];
};

inline std::unique_ptr<Block[]> allocate(size_t bytes) {
  return std::make_unique<Block[]>(bytes / sizeof(Block) + 1);
}

}  // namespace stapes::test
