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

// `bias`, `multipliers`: of the block's first channel; bias may be null. sum_limit: no sum of
// products is larger. `weight_sums` times `weight_sum_factor` is added to the bias.
inline void fill_channels(const int32_t* bias, const reference::Multiplier* multipliers,
                          int32_t channels, int32_t output_offset, int32_t sum_limit,
                          const int32_t* weight_sums, int32_t weight_sum_factor,
                          ChannelBlock* block) {
  const int32_t bias_limit = (1 << 30) - 1 - sum_limit;
  bool is_fast = sum_limit < 1 << 30;
  for (int32_t c = 0; c < channels; ++c) {
    const int32_t own = bias == nullptr ? 0 : bias[c];
    const int32_t shift = -multipliers[c].shift;
    is_fast &= own >= -bias_limit && own <= bias_limit && shift >= 1 && shift <= 22;
    const uint32_t correction =
        static_cast<uint32_t>(weight_sums[c]) * static_cast<uint32_t>(weight_sum_factor);
    block->bias[c] = static_cast<int32_t>(static_cast<uint32_t>(own) + correction);
    block->multiplier[c] = multipliers[c].value;
    block->shift[c] = shift;
    block->rounding[c] = static_cast<int32_t>((1U << ((static_cast<uint32_t>(shift) - 1U) & 31U)) *
                                              static_cast<uint32_t>(2 * output_offset + 1));
  }
  for (int32_t c = channels; c < kChannelsOfBlock; ++c) {
    block->bias[c] = 0;
    block->multiplier[c] = 0;
    block->shift[c] = 1;
    block->rounding[c] = 0;
  }
  block->is_fast = is_fast;
}

}  // namespace stapes::x86
