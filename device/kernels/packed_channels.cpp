#include "device/kernels/packed_channels.h"
#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/unpack_channels.h"
#endif

namespace stapes {

void unpack_channels(const uint32_t* words, int32_t smallest_shift, const int16_t* packed_bias,
                     int32_t channels, reference::Multiplier* multipliers, int32_t* bias) {
  int32_t done = 0;
#if defined(__ARM_FEATURE_MVE)
  done = arm_mve::unpack_channels(words, smallest_shift, packed_bias, channels, multipliers, bias);
#endif
  for (int32_t i = done; i < channels; ++i) {
    const uint32_t word = words[i];
    multipliers[i] = {static_cast<int32_t>((1U << 30) | (word >> 2)),
                      smallest_shift + static_cast<int32_t>(word & 3U)};
  }
  for (int32_t i = done; packed_bias != nullptr && i < channels; ++i) bias[i] = packed_bias[i];
}

void convolve_packed(ConvolutionKernel* kernel, const reference::Conv2DParameters& parameters,
                     const PackedChannels& channels, const int8_t* input, const int8_t* filter,
                     int8_t* output) {
  reference::Multiplier multipliers[kMostPackedChannels];
  int32_t bias[kMostPackedChannels];
  unpack_channels(channels.multipliers, channels.smallest_shift, channels.bias,
                  parameters.window.output_channels, multipliers, bias);
  reference::Conv2DParameters unpacked = parameters;
  unpacked.multipliers = multipliers;
  kernel(unpacked, input, filter, channels.bias == nullptr ? nullptr : bias, output);
}

}  // namespace stapes
