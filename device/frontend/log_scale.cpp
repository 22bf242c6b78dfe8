#include "device/frontend/log_scale.h"

#include "device/frontend/bits.h"

namespace stapes {
namespace {

constexpr int32_t kFractionBits = 16;
constexpr int32_t kSegmentBits = 9;       // 2^16 / 128 segments
constexpr uint32_t kNaturalLog2 = 45426;  // ln(2) 2^16
constexpr uint32_t kHalf = 1U << (kFractionBits - 1);

uint16_t clamped(uint32_t value) { return static_cast<uint16_t>(value < 65535 ? value : 65535); }

}  // namespace

uint32_t scaled_log(const uint16_t* fraction, uint32_t value, int32_t shift) {
  const int32_t integer = bit_length(value) - 1;
  const uint32_t above = value - (1U << integer);
  const uint32_t mantissa = integer < kFractionBits ? above << (kFractionBits - integer)
                                                    : above >> (integer - kFractionBits);
  const uint32_t segment = mantissa >> kSegmentBits;
  const int32_t start = fraction[segment];
  const int32_t slope = fraction[segment + 1] - start;
  const auto position = static_cast<int32_t>(mantissa & ((1U << kSegmentBits) - 1));
  const auto curve = static_cast<uint32_t>(start + ((slope * position) >> kFractionBits));
  const uint32_t log2 = (static_cast<uint32_t>(integer) << kFractionBits) + mantissa + curve;
  const auto natural =
      static_cast<uint32_t>((uint64_t{kNaturalLog2} * log2 + kHalf) >> kFractionBits);
  return ((natural << shift) + kHalf) >> kFractionBits;
}

void log_scale(const uint16_t* fraction, int32_t shift, int32_t correction_bits,
               const uint32_t* signal, int32_t channels, uint16_t* output) {
  for (int32_t i = 0; i < channels; ++i) {
    const uint32_t value =
        correction_bits < 0 ? signal[i] >> -correction_bits : signal[i] << correction_bits;
    output[i] = value > 1 ? clamped(scaled_log(fraction, value, shift)) : uint16_t{0};
  }
}

void saturate(const uint32_t* signal, int32_t channels, uint16_t* output) {
  for (int32_t i = 0; i < channels; ++i) output[i] = clamped(signal[i]);
}

}  // namespace stapes
