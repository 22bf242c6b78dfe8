#include "device/frontend/square_root.h"

#include "device/frontend/bits.h"

namespace stapes {
namespace {

// Digit by digit, base 2. Word is as narrow as the value allows, for 32-bit processors.
template <typename Word>
uint32_t digit_by_digit(Word rest, int32_t length, Word maximum) {
  Word root = 0;
  for (Word bit = length == 0 ? Word{0} : Word{1} << ((length - 1) & ~1); bit != 0; bit >>= 2) {
    const Word trial = root + bit;
    const bool fits = rest >= trial;
    rest -= fits ? trial : Word{0};
    root = (root >> 1) + (fits ? bit : Word{0});
  }
  if (rest > root && root != maximum) ++root;
  return static_cast<uint32_t>(root);
}

}  // namespace

uint32_t square_root(uint64_t value) {
  if ((value >> 32) == 0) {
    const auto low = static_cast<uint32_t>(value);
    return digit_by_digit<uint32_t>(low, bit_length(low), 0xFFFFU);
  }
  return digit_by_digit<uint64_t>(value, bit_length(value), 0xFFFFFFFFU);
}

void channel_magnitudes(const uint64_t* sums, int32_t channels, int32_t shift, uint32_t* output) {
  for (int32_t i = 0; i < channels; ++i) output[i] = square_root(sums[i]) >> shift;
}

}  // namespace stapes
