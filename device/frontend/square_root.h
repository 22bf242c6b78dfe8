#pragma once
#include <cstdint>

namespace stapes {

// Square root rounded to nearest. Below 2^32 the result is at most 65535, as in the reference,
// where a 32-bit routine with a 16-bit result computes those.
uint32_t square_root(uint64_t value);

// output[i] = square_root(sums[i]) >> shift; shift undoes the shift of the FFT's input.
void channel_magnitudes(const uint64_t* sums, int32_t channels, int32_t shift, uint32_t* output);

}  // namespace stapes
