#pragma once
#include <cstdint>

#include "device/kernels/reference/fixed_point.h"

// Before a loop of known length over vectors, so that they stay in registers.
#if defined(__clang__)
#define STAPES_UNROLL _Pragma("unroll")
#else
#define STAPES_UNROLL _Pragma("GCC unroll 16")
#endif

// What the kernels of every level share about a block of output channels.
namespace stapes::x86 {

constexpr int32_t kChannelsOfBlock = 64;

// Per channel, what follows the accumulation: with x = (2 sum * multiplier + 2^31) >> 32,
//
//   output = (x + (x >> 31) + rounding) >> shift
//
// is output_offset + reference::multiply(sum, multiplier), provided that |sum| < 2^30 and
// 1 <= shift <= 22. `rounding` is 2^(shift - 1) + output_offset * 2^shift.
struct ChannelBlock {
  alignas(64) int32_t bias[kChannelsOfBlock];
  alignas(64) int32_t multiplier[kChannelsOfBlock];
  alignas(64) int32_t rounding[kChannelsOfBlock];
  alignas(64) int32_t shift[kChannelsOfBlock];
  bool is_fast;  // the conditions hold for all channels; otherwise only `bias` is set
};

}  // namespace stapes::x86
