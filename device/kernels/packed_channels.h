#pragma once
#include "device/kernels/reference/conv_2d.h"

// What the output channels of a convolution need beside their weights, as a compiled model keeps it
// in flash: four bytes for a multiplier, where the kernels take eight, and two for a bias where
// they take four. Unpacked onto the stack before the kernel runs.
namespace stapes {

// A word for a Multiplier with value in [2^30, 2^31) and shift in [smallest, smallest + 3]: the
// value without its highest bit, which is always the same, times 4, plus the shift above the
// smallest.
constexpr int32_t kMultiplierShifts = 4;

void unpack_channels(const uint32_t* words, int32_t smallest_shift, const int16_t* packed_bias,
                     int32_t channels, reference::Multiplier* multipliers, int32_t* bias);

template <int32_t kChannels>
struct UnpackedChannels {
  reference::Multiplier multipliers[kChannels];
  int32_t bias[kChannels];

  // packed_bias: [kChannels], or null when all are 0; `bias` is then not to be used.
  UnpackedChannels(const uint32_t* words, int32_t smallest_shift, const int16_t* packed_bias) {
    unpack_channels(words, smallest_shift, packed_bias, kChannels, multipliers, bias);
  }

  reference::Conv2DParameters applied_to(reference::Conv2DParameters parameters) const {
    parameters.multipliers = multipliers;
    return parameters;
  }
};

}  // namespace stapes
