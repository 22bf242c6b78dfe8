#pragma once
#include <cstdint>

namespace stapes {

// Per-channel amplitude normalization: divides each channel by a power of its noise estimate, so
// that loud and quiet surroundings look alike, then compresses the ratio.
//
// `gain` is the function gain(x) = 2^gain_bits (x / 2^input_bits + offset)^-strength of the
// estimate x, as a parabola for each power of two: entries 0 and 1 are gain(0) and gain(1); entries
// 4 i - 6, 4 i - 5 and 4 i - 4 for i = 2 … 32 are the coefficients y0, a1, a2 that hold from
// 2^(i-1) to 2^i (one entry between the groups is unused).
constexpr int32_t kPcanTableSize = 125;
constexpr int32_t kPcanSnrBits = 12;
constexpr int32_t kPcanOutputBits = 6;

int16_t pcan_gain(const int16_t* gain, uint32_t estimate);

// In place. signal and estimates: [channels]
void apply_pcan(const int16_t* gain, int32_t snr_shift, const uint32_t* estimates, int32_t channels,
                uint32_t* signal);

}  // namespace stapes
