#pragma once
#include <cstdint>

namespace stapes {

constexpr int32_t kFilterbankBits = 12;

// energies[i] = re^2 + im^2 of bin first_bin + i, [end_bin - first_bin]. re = im = -32768 gives
// -2^31, as in the reference.
void bin_energies(const int16_t* spectrum, int32_t first_bin, int32_t end_bin, int32_t* energies);

// Triangular filters on the mel scale. A bin lies on the rising flank of one filter, with `weight`,
// and on the falling flank of the one below, with `unweight`; the channel whose rising flank ends
// at bin channel_ends[c] - 1 is number c - 1 of the result, and the lowest falling flank (c = 0)
// belongs to no channel.
// energies, weights, unweights: from first_bin on; channel_ends: [channels + 1]; sums: [channels].
void filterbank(const int32_t* energies, int32_t first_bin, const int16_t* weights,
                const int16_t* unweights, const int16_t* channel_ends, int32_t channels,
                uint64_t* sums);

}  // namespace stapes
