#include "device/frontend/pcan.h"

#include "device/frontend/bits.h"

namespace stapes {
namespace {

// Quadratic for small ratios, linear above; the two meet at a ratio of 2 with the same slope.
uint32_t compressed(uint32_t ratio) {
  if (ratio < (2U << kPcanSnrBits)) {
    return (ratio * ratio) >> (2 + 2 * kPcanSnrBits - kPcanOutputBits);
  }
  return (ratio >> (kPcanSnrBits - kPcanOutputBits)) - (1U << kPcanOutputBits);
}

}  // namespace

int16_t pcan_gain(const int16_t* gain, uint32_t estimate) {
  if (estimate <= 2) return gain[estimate];
  const int32_t interval = bit_length(estimate);
  const int16_t* parabola = gain + 4 * interval - 6;
  // The ten bits below the highest one: where in its interval the estimate lies.
  const auto position = static_cast<int32_t>(
      (interval < 11 ? estimate << (11 - interval) : estimate >> (interval - 11)) & 0x3FF);
  int32_t result = (parabola[2] * position) >> 5;
  result += parabola[1] * 32;
  result *= position;
  result = (result + (1 << 14)) >> 15;
  return static_cast<int16_t>(result + parabola[0]);
}

void apply_pcan(const int16_t* gain, int32_t snr_shift, const uint32_t* estimates, int32_t channels,
                uint32_t* signal) {
  for (int32_t i = 0; i < channels; ++i) {
    const auto factor = static_cast<uint32_t>(int32_t{pcan_gain(gain, estimates[i])});
    signal[i] = compressed(static_cast<uint32_t>((uint64_t{signal[i]} * factor) >> snr_shift));
  }
}

}  // namespace stapes
