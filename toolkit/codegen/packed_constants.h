#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "device/kernels/reference/conv_2d.h"
#include "toolkit/graph/graph.h"

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

// A depthwise filter [1, H, W, O] as [O, H, W].
Bytes filter_by_channel(std::span<const int8_t> filter, const Window2D& window);

// Whether the kernels for Arm read this one faster in that order. They read single taps of four
// channels where there is only one output pixel, and where their fast form cannot be used
// (device/kernels/arm_dsp/tap_pairs.h). `bias` may be null.
bool is_faster_by_channel(const reference::Conv2DParameters& parameters, const int32_t* bias);

}  // namespace stapes::codegen
