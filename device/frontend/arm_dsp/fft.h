#pragma once
#include "device/frontend/fft.h"

namespace stapes::arm_dsp {

// stapes::real_fft() for processors with the DSP extension (Cortex-M4, M7, M33); see kernels.h.
void real_fft(const FftTables& tables, const int16_t* input, int32_t shift, int16_t* spectrum);

}  // namespace stapes::arm_dsp
