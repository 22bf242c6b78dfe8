#pragma once
#include "device/frontend/fft.h"

namespace stapes::arm_mve {

// stapes::real_fft() for processors with Helium (Cortex-M55, M85), bit for bit; see kernels.h.
void real_fft(const FftTables& tables, const int16_t* input, int32_t shift, int16_t* spectrum);

}  // namespace stapes::arm_mve
