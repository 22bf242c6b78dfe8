#include "device/frontend/filterbank.h"

namespace stapes {

void bin_energies(const int16_t* spectrum, int32_t first_bin, int32_t end_bin, int32_t* energies) {
  for (int32_t bin = first_bin; bin < end_bin; ++bin) {
    const int32_t re = spectrum[2 * bin];
    const int32_t im = spectrum[2 * bin + 1];
    *energies++ =
        static_cast<int32_t>(static_cast<uint32_t>(re * re) + static_cast<uint32_t>(im * im));
  }
}

void filterbank(const int32_t* energies, int32_t first_bin, const int16_t* weights,
                const int16_t* unweights, const int16_t* channel_ends, int32_t channels,
                uint64_t* sums) {
  uint64_t falling = 0;  // from the previous step: what its bins give to the channel below them
  int32_t bin = first_bin;
  for (int32_t channel = 0; channel <= channels; ++channel) {
    uint64_t rising = falling;
    falling = 0;
    for (; bin < channel_ends[channel]; ++bin) {
      const int64_t energy = *energies++;
      rising += static_cast<uint64_t>(energy * *weights++);
      falling += static_cast<uint64_t>(energy * *unweights++);
    }
    if (channel > 0) sums[channel - 1] = rising;
  }
}

}  // namespace stapes
