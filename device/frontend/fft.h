#pragma once
#include <cstdint>

namespace stapes {

// FFT of real 16-bit samples in 16-bit fixed point, with the scaling and the rounding of kissfft
// compiled for FIXED_POINT=16: every stage divides by its radix, so the result is FFT / fft_size.
// A transform of n = fft_size / 2 complex points (the even samples as real, the odd as imaginary
// parts), radix 4 with one radix-2 stage where log2(n) is odd, then a pass that separates the two.
//
// Complex numbers are pairs of int16 (real, imaginary), Q15.

constexpr int32_t kMinimumFftSize = 32;
constexpr int32_t kMaximumFftSize = 8192;

// What the transform needs besides its input and output.
// `twiddles`: for each radix-4 stage that follows the first stage, in order, with m = the length of
// the transforms that it combines (4, 16, 64, … or 2, 8, 32, …): w^k, then w^2k, then w^3k, each
// for k = 0 … m-1, where w = exp(-2 pi i / 4m). The first stage needs none: its factors are all 1.
// `real_twiddles`: exp(-pi i ((k + 1) / n + 1/2)) for k = 0 … n/2-1.
struct FftTables {
  int32_t fft_size = 0;
  const int16_t* twiddles = nullptr;
  const int16_t* real_twiddles = nullptr;
};

// Number of complex values in `twiddles`.
int32_t twiddle_count(int32_t fft_size);

// input: [fft_size], each value is shifted left by `shift` (bits above 16 are lost) on its way in;
// spectrum: [fft_size / 2 + 1] complex. They may not overlap.
void real_fft(const FftTables& tables, const int16_t* input, int32_t shift, int16_t* spectrum);

}  // namespace stapes
