#pragma once
#include "device/kernels/reference/fixed_point.h"

namespace stapes::arm_mve {

// unpack_channels() of packed_channels.h for cores with Helium: as many channels as whole vectors
// hold; how many those are.
int32_t unpack_channels(const uint32_t* words, int32_t smallest_shift, const int16_t* packed_bias,
                        int32_t channels, reference::Multiplier* multipliers, int32_t* bias);

}  // namespace stapes::arm_mve
