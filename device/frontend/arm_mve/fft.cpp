#if defined(__ARM_FEATURE_MVE)
// The transform of fft.cpp, four complex numbers in a vector, for lengths that are powers of four.
#include "device/frontend/arm_mve/fft.h"

#include <arm_mve.h>

#include "device/frontend/arm_dsp/fft.h"

namespace stapes::arm_mve {
namespace {

constexpr int32_t kNumbers = 4;  // in a vector

// VQRDMULH rounds (2 * x * factor) / 2^16 as the plain transform rounds (x * factor) / 2^15.
template <int kRadix>
int16x8_t divided(int16x8_t x) {
  return vqrdmulhq_n_s16(x, 32767 / kRadix);
}

// Rounded to Q15. REQUIRES: no part of a exceeds 2^13, so that nothing saturates.
int16x8_t multiplied_small(int16x8_t a, int16x8_t b) {
  const int16x8_t real = vqrdmlsdhq_s16(a, a, b);
  return vqrdmladhxq_s16(real, a, b);
}

// The same for any a of which no part is -2^15; bits above 16 are lost.
int16x8_t multiplied(int16x8_t a, int16x8_t b) {
  const int16x8_t turned = vrev32q_s16(b);
  const int32x4_t real = vsubq_s32(vmullbq_int_s16(a, b), vmulltq_int_s16(a, b));
  const int32x4_t imaginary = vaddq_s32(vmullbq_int_s16(a, turned), vmulltq_int_s16(a, turned));
  return vrshrntq_n_s32(vrshrnbq_n_s32(a, real, 15), imaginary, 15);
}

struct Four {
  int16x8_t value[4];
};

// The transforms of four points (a, b, c, d), lane by lane.
Four butterfly(int16x8_t a, int16x8_t b, int16x8_t c, int16x8_t d) {
  const int16x8_t even_sum = vaddq_s16(a, c);
  const int16x8_t even_difference = vsubq_s16(a, c);
  const int16x8_t odd_sum = vaddq_s16(b, d);
  const int16x8_t odd_difference = vsubq_s16(b, d);
  return {{vaddq_s16(even_sum, odd_sum),
           vcaddq_rot270_s16(even_difference, odd_difference),  // minus i times the odd
           vsubq_s16(even_sum, odd_sum), vcaddq_rot90_s16(even_difference, odd_difference)}};
}

// `digits` digits to the base 4.
uint32_t reversed(uint32_t value, int32_t digits) {
  uint32_t result = 0;
  for (; digits > 0; --digits, value >>= 2) result = result << 2 | (value & 3);
  return result;
}

// The odd lanes. GCC 12 turns this mask, given as a number, into another.
mve_pred16_t imaginary_parts() {
  return vcmpltq_n_s16(vreinterpretq_s16_u32(vdupq_n_u32(0xFFFF0000U)), 0);
}

int16x8_t gather(const int16_t* base, uint32x4_t offsets) {
  return vreinterpretq_s16_s32(
      vldrwq_gather_offset_s32(reinterpret_cast<const int32_t*>(base), offsets));
}
void scatter(int16_t* base, uint32x4_t offsets, int16x8_t values) {
  vstrwq_scatter_offset_s32(reinterpret_cast<int32_t*>(base), offsets,
                            vreinterpretq_s32_s16(values));
}

// Four blocks, each of one butterfly, whose inputs lie in reversed order.
void first_stage(const int16_t* input, int32_t shift, int32_t points, int16_t* output) {
  const int32_t blocks = points / 4;
  int32_t digits = 0;
  while ((1 << (2 * digits)) < blocks) ++digits;
  // A block's last digit is the first of its inputs' place.
  const uint32x4_t from = vmulq_n_u32(vidupq_n_u32(0, 1), static_cast<uint32_t>(blocks));
  const uint32x4_t to = vmulq_n_u32(vidupq_n_u32(0, 1), 16);
  for (int32_t block = 0; block < blocks; block += kNumbers) {
    const int16_t* first = input + 2 * reversed(static_cast<uint32_t>(block), digits);
    const auto shifted = [&](int32_t part) {
      return divided<4>(vshlq_r_s16(gather(first + 2 * part * blocks, from), shift));
    };
    const Four result = butterfly(shifted(0), shifted(1), shifted(2), shifted(3));
    for (int32_t i = 0; i < 4; ++i) scatter(output + 2 * i, to, result.value[i]);
    output += 2 * 4 * kNumbers;
  }
}

void radix_4_stage(const int16_t* twiddles, int32_t m, int32_t points, int16_t* data) {
  for (int32_t block = 0; block < points; block += 4 * m) {
    int16_t* at = data + 2 * block;
    const int16_t* factors = twiddles;
    for (int32_t left = m; left > 0; left -= kNumbers) {
      const int16x8_t a = divided<4>(vldrhq_s16(at));
      const int16x8_t b = multiplied_small(divided<4>(vldrhq_s16(at + 2 * m)), vldrhq_s16(factors));
      const int16x8_t c =
          multiplied_small(divided<4>(vldrhq_s16(at + 4 * m)), vldrhq_s16(factors + 2 * m));
      const int16x8_t d =
          multiplied_small(divided<4>(vldrhq_s16(at + 6 * m)), vldrhq_s16(factors + 4 * m));
      const Four result = butterfly(a, b, c, d);
      for (int32_t i = 0; i < 4; ++i) vstrhq_s16(at + 2 * m * i, result.value[i]);
      at += 2 * kNumbers;
      factors += 2 * kNumbers;
    }
  }
}

void separate(const int16_t* real_twiddles, int32_t n, int16_t* data) {
  const int16x8_t zero = divided<2>(vdupq_n_s16(data[0]));
  const int16x8_t zero_imaginary = divided<2>(vdupq_n_s16(data[1]));
  data[0] = static_cast<int16_t>(vgetq_lane_s16(zero, 0) + vgetq_lane_s16(zero_imaginary, 0));
  data[2 * n] = static_cast<int16_t>(vgetq_lane_s16(zero, 0) - vgetq_lane_s16(zero_imaginary, 0));
  data[1] = 0;
  data[2 * n + 1] = 0;
  const mve_pred16_t imaginary = imaginary_parts();
  const uint32x4_t backwards = vddupq_n_u32(12, 4);
  int16_t* from_below = data + 2;
  int16_t* from_above = data + 2 * (n - kNumbers);
  for (int32_t left = n / 2; left > 0; left -= kNumbers) {
    const int16x8_t low = divided<2>(vldrhq_s16(from_below));
    const int16x8_t high = gather(from_above, backwards);
    const int16x8_t mirrored = divided<2>(vnegq_m_s16(high, high, imaginary));
    const int16x8_t sum = vaddq_s16(low, mirrored);
    const int16x8_t turned = multiplied(vsubq_s16(low, mirrored), vldrhq_s16(real_twiddles));
    const int16x8_t difference = vhsubq_s16(sum, turned);
    // In the middle both are the same place, and the second result is the one that stays.
    vstrhq_s16(from_below, vhaddq_s16(sum, turned));
    scatter(from_above, backwards, vhsubq_m_s16(difference, turned, sum, imaginary));
    real_twiddles += 2 * kNumbers;
    from_below += 2 * kNumbers;
    from_above -= 2 * kNumbers;
  }
}

bool is_word_address(const int16_t* pointer) {
  return (reinterpret_cast<uintptr_t>(pointer) & 3) == 0;
}

}  // namespace

void real_fft(const FftTables& tables, const int16_t* input, int32_t shift, int16_t* spectrum) {
  const int32_t points = tables.fft_size / 2;
  int32_t power_of_4 = 4;
  while (power_of_4 < points) power_of_4 *= 4;
  if (power_of_4 != points || !is_word_address(input) || !is_word_address(spectrum)) {
    arm_dsp::real_fft(tables, input, shift, spectrum);
    return;
  }
  first_stage(input, shift, points, spectrum);
  const int16_t* twiddles = tables.twiddles;
  for (int32_t m = 4; m < points; m *= 4) {
    radix_4_stage(twiddles, m, points, spectrum);
    twiddles += 6 * m;
  }
  separate(tables.real_twiddles, points, spectrum);
}

}  // namespace stapes::arm_mve
#endif
