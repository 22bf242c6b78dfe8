#pragma once
#include <cstdint>

#include "device/frontend/dc_notch.h"

// The front end's loops for processors with the DSP extension (Cortex-M4, M7, M33); see kernels.h.
namespace stapes::arm_dsp {

void dc_notch(int16_t coefficient, const int16_t* input, int32_t count, DcNotch& state,
              int16_t* output);
int16_t apply_window(const int16_t* coefficients, const int16_t* samples, int32_t count,
                     int16_t* output);
void bin_energies(const int16_t* spectrum, int32_t first_bin, int32_t end_bin, int32_t* energies);
void filterbank(const int32_t* energies, int32_t first_bin, const int16_t* weights,
                const int16_t* unweights, const int16_t* channel_ends, int32_t channels,
                uint64_t* sums);
#if defined(__ARM_FP)
void channel_magnitudes(const uint64_t* sums, int32_t channels, int32_t shift, uint32_t* output);
#endif

}  // namespace stapes::arm_dsp
