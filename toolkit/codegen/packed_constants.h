#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "device/kernels/reference/fixed_point.h"

namespace stapes::codegen {

// The constants of a convolution's channels in the form of device/kernels/packed_channels.h, or
// nothing where they do not fit it.
struct PackedMultipliers {
  std::vector<uint32_t> words;
  int32_t smallest_shift = 0;
};
std::optional<PackedMultipliers> pack_multipliers(
    std::span<const reference::Multiplier> multipliers);

// Empty when all are 0.
std::optional<std::vector<int16_t>> pack_bias(std::span<const int32_t> bias);

}  // namespace stapes::codegen
