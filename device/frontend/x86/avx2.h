#pragma once
#include <cstdint>

#include "device/frontend/dc_notch.h"
#include "device/frontend/fft.h"

// The front end's loops in AVX2, for the PC; see kernels.h. REQUIRES: a processor with AVX2
namespace stapes::avx2 {

void dc_notch(int16_t coefficient, const int16_t* input, int32_t count, DcNotch& state,
              int16_t* output);
int16_t apply_window(const int16_t* coefficients, const int16_t* samples, int32_t count,
                     int16_t* output);
// Transforms of fewer than 256 samples are left to the plain code.
void real_fft(const FftTables& tables, const int16_t* input, int32_t shift, int16_t* spectrum);
void bin_energies(const int16_t* spectrum, int32_t first_bin, int32_t end_bin, int32_t* energies);
void filterbank(const int32_t* energies, int32_t first_bin, const int16_t* weights,
                const int16_t* unweights, const int16_t* channel_ends, int32_t channels,
                uint64_t* sums);
void channel_magnitudes(const uint64_t* sums, int32_t channels, int32_t shift, uint32_t* output);

}  // namespace stapes::avx2
