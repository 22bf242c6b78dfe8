#if defined(__ARM_FEATURE_DSP)
// The transform of fft.cpp, with a complex number in a word. A division by the radix is a product
// with twice floor(32767 / radix), so that the rounded quotient lies in the product's high half.
#include "device/frontend/arm_dsp/fft.h"

#include "device/frontend/arm_dsp/lanes.h"

namespace stapes::arm_dsp {
namespace {

constexpr int32_t kHalf = 1 << 15;  // of a product whose high half is the result
constexpr int32_t kHalfOfQ15 = 1 << 14;

template <int32_t kRadix>
inline int32_t divided(int32_t x) {
  constexpr int32_t kFactor = 2 * (32767 / kRadix);
  return high_halves(__smlabb(x, kFactor, kHalf), __smlatb(x, kFactor, kHalf));
}

// Rounded to Q15.
inline int32_t multiplied(int32_t a, int32_t b) {
  return bits_from_15(__smlsd(a, b, kHalfOfQ15), __smladx(a, b, kHalfOfQ15));
}

// The transform of four points.
inline void butterfly(int32_t a, int32_t b, int32_t c, int32_t d, int16_t* out) {
  const int32_t even_sum = __sadd16(a, c);
  const int32_t even_difference = __ssub16(a, c);
  const int32_t odd_sum = __sadd16(b, d);
  const int32_t odd_difference = __ssub16(b, d);
  store_lanes(out, __sadd16(even_sum, odd_sum));
  store_lanes(out + 2, __ssax(even_difference, odd_difference));  // minus i times the odd
  store_lanes(out + 4, __ssub16(even_sum, odd_sum));
  store_lanes(out + 6, __sasx(even_difference, odd_difference));
}

// `digits` digits to the base 4.
inline int32_t reversed(uint32_t value, int32_t digits) {
  uint32_t bits;
  asm("rbit %0, %1" : "=r"(bits) : "r"(value));
  bits >>= (32 - 2 * digits) & 31;
  return static_cast<int32_t>(((bits >> 1) & 0x55555555U) | ((bits & 0x55555555U) << 1));
}

template <int32_t kRadix>
void first_stage(const int16_t* input, int32_t shift, int32_t points, int16_t* output) {
  const int32_t blocks = points / kRadix;
  int32_t digits = 0;
  while ((1 << (2 * digits)) < blocks) ++digits;
  // Each half is shifted by itself: bits above 16 are lost.
  const auto shifted = [&](const int16_t* at) {
    constexpr int32_t kFactor = 2 * (32767 / kRadix);
    const int32_t x = load_lanes(at);
    const auto low = static_cast<int32_t>(static_cast<uint32_t>(x) << shift);
    const auto high = static_cast<int32_t>((static_cast<uint32_t>(x) >> 16) << shift);
    return high_halves(__smlabb(low, kFactor, kHalf), __smlabb(high, kFactor, kHalf));
  };
  for (int32_t block = 0; block < blocks; ++block) {
    const int16_t* first =
        input + 2 * (digits == 0 ? 0 : reversed(static_cast<uint32_t>(block), digits));
    if constexpr (kRadix == 4) {
      const int32_t a = shifted(first);
      const int32_t b = shifted(first + 2 * blocks);
      const int32_t c = shifted(first + 4 * blocks);
      const int32_t d = shifted(first + 6 * blocks);
      butterfly(a, b, c, d, output);
    } else {
      const int32_t a = shifted(first);
      const int32_t b = shifted(first + 2 * blocks);
      store_lanes(output, __sadd16(a, b));
      store_lanes(output + 2, __ssub16(a, b));
    }
    output += 2 * kRadix;
  }
}

// One step further on and two; an address that GCC 12 forms in registers of its own otherwise,
// which the loop below does not have.
inline int32_t load_one_on(const int16_t* base, int32_t bytes) {
  int32_t word;
  asm volatile("ldr %0, [%1, %2]" : "=r"(word) : "r"(base), "r"(bytes) : "memory");
  return word;
}
inline int32_t load_two_on(const int16_t* base, int32_t bytes) {
  int32_t word;
  asm volatile("ldr %0, [%1, %2, lsl #1]" : "=r"(word) : "r"(base), "r"(bytes) : "memory");
  return word;
}
inline void store_one_on(int16_t* base, int32_t bytes, int32_t word) {
  asm volatile("str %0, [%1, %2]" : : "r"(word), "r"(base), "r"(bytes) : "memory");
}
inline void store_two_on(int16_t* base, int32_t bytes, int32_t word) {
  asm volatile("str %0, [%1, %2, lsl #1]" : : "r"(word), "r"(base), "r"(bytes) : "memory");
}

void radix_4_stage(const int16_t* twiddles, int32_t m, int32_t points, int16_t* data) {
  const int32_t step = 4 * m;  // bytes from one input of a butterfly, and its factor, to the next
  for (int32_t block = 0; block < points; block += 4 * m) {
    int16_t* at = data + 2 * block;
    int16_t* last = at + 6 * m;
    const int16_t* factors = twiddles;
    for (const int16_t* end = twiddles + 2 * m; factors != end; factors += 2) {
      const int32_t b = multiplied(divided<4>(load_one_on(at, step)), load_lanes(factors));
      const int32_t d = multiplied(divided<4>(load_lanes(last)), load_two_on(factors, step));
      const int32_t odd_sum = __sadd16(b, d);
      const int32_t odd_difference = __ssub16(b, d);
      const int32_t a = divided<4>(load_lanes(at));
      const int32_t c = multiplied(divided<4>(load_two_on(at, step)), load_one_on(factors, step));
      const int32_t even_sum = __sadd16(a, c);
      const int32_t even_difference = __ssub16(a, c);
      store_one_on(at, step, __ssax(even_difference, odd_difference));  // minus i times the odd
      store_two_on(at, step, __ssub16(even_sum, odd_sum));
      store_lanes(at, __sadd16(even_sum, odd_sum));
      store_lanes(last, __sasx(even_difference, odd_difference));
      at += 2;
      last += 2;
    }
  }
}

void separate(const int16_t* real_twiddles, int32_t n, int16_t* data) {
  const int32_t zero = divided<2>(load_lanes(data));
  const int32_t real = static_cast<int16_t>(zero);
  const int32_t imaginary = zero >> 16;
  store_lanes(data, (real + imaginary) & 0xFFFF);
  store_lanes(data + 2 * n, (real - imaginary) & 0xFFFF);
  int16_t* from_below = data + 2;
  int16_t* from_above = data + 2 * (n - 1);
  for (; from_below <= from_above; from_below += 2, from_above -= 2) {
    const int32_t low = divided<2>(load_lanes(from_below));
    const int32_t high = load_lanes(from_above);
    const int32_t mirrored = divided<2>(low_and_high(high, __ssub16(0, high)));
    const int32_t sum = __sadd16(low, mirrored);
    const int32_t turned = multiplied(__ssub16(low, mirrored), load_lanes(real_twiddles));
    real_twiddles += 2;
    // In the middle both are the same place, and the second result is the one that stays.
    store_lanes(from_below, __shadd16(sum, turned));
    store_lanes(from_above, low_and_high(__shsub16(sum, turned), __shsub16(turned, sum)));
  }
}

}  // namespace

void real_fft(const FftTables& tables, const int16_t* input, int32_t shift, int16_t* spectrum) {
  const int32_t points = tables.fft_size / 2;
  int32_t power_of_4 = 1;
  while (power_of_4 < points) power_of_4 *= 4;
  int32_t m = 4;
  if (power_of_4 == points) {
    first_stage<4>(input, shift, points, spectrum);
  } else {
    first_stage<2>(input, shift, points, spectrum);
    m = 2;
  }
  for (const int16_t* twiddles = tables.twiddles; m < points; twiddles += 6 * m, m *= 4) {
    radix_4_stage(twiddles, m, points, spectrum);
  }
  separate(tables.real_twiddles, points, spectrum);
}

}  // namespace stapes::arm_dsp
#endif
