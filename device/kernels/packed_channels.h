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

struct PackedChannels {
  const uint32_t* multipliers;
  const int16_t* bias;  // or null when all are 0
  int32_t smallest_shift;
};

// conv_2d or depthwise_conv_2d with such constants, of at most so many output channels; what is in
// `parameters.multipliers` does not matter. Uses 1.6 kB of stack beside the kernel's.
constexpr int32_t kMostPackedChannels = 128;
using ConvolutionKernel = void(const reference::Conv2DParameters& parameters, const int8_t* input,
                               const int8_t* filter, const int32_t* bias, int8_t* output);
void convolve_packed(ConvolutionKernel* kernel, const reference::Conv2DParameters& parameters,
                     const PackedChannels& channels, const int8_t* input, const int8_t* filter,
                     int8_t* output);

}  // namespace stapes
