#pragma once
#include "device/kernels/reference/l2_normalization.h"

namespace stapes::arm_mve {

// reference::l2_normalization() for cores with Helium, byte for byte.
void l2_normalization(const reference::L2NormalizationParameters& parameters, const int8_t* input,
                      int8_t* output);

}  // namespace stapes::arm_mve
