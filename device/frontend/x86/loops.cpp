#if defined(__x86_64__)
#include <immintrin.h>

#include <cmath>

#include "device/frontend/filterbank.h"
#include "device/frontend/square_root.h"
#include "device/frontend/window.h"
#include "device/frontend/x86/avx2.h"

namespace stapes::avx2 {

#define STAPES_AVX2 __attribute__((target("avx2")))

// The recurrence is what takes the time: one rounded product (mulhrs) and one sum for each sample,
// in lane 0. Differences and results are handled eight at a time beside it.
STAPES_AVX2 void dc_notch(int16_t coefficient, const int16_t* input, int32_t count, DcNotch& state,
                          int16_t* output) {
  const __m128i k = _mm_set1_epi16(coefficient);
  __m128i before = _mm_set1_epi16(state.last_input);
  __m128i y = _mm_set1_epi16(state.last_output);
  int32_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(input + i));
    const __m128i step = _mm_sub_epi16(x, _mm_alignr_epi8(x, before, 14));
    before = x;
    const __m128i y0 = _mm_add_epi16(_mm_mulhrs_epi16(y, k), step);
    const __m128i y1 = _mm_add_epi16(_mm_mulhrs_epi16(y0, k), _mm_srli_si128(step, 2));
    const __m128i y2 = _mm_add_epi16(_mm_mulhrs_epi16(y1, k), _mm_srli_si128(step, 4));
    const __m128i y3 = _mm_add_epi16(_mm_mulhrs_epi16(y2, k), _mm_srli_si128(step, 6));
    const __m128i y4 = _mm_add_epi16(_mm_mulhrs_epi16(y3, k), _mm_srli_si128(step, 8));
    const __m128i y5 = _mm_add_epi16(_mm_mulhrs_epi16(y4, k), _mm_srli_si128(step, 10));
    const __m128i y6 = _mm_add_epi16(_mm_mulhrs_epi16(y5, k), _mm_srli_si128(step, 12));
    const __m128i y7 = _mm_add_epi16(_mm_mulhrs_epi16(y6, k), _mm_srli_si128(step, 14));
    const __m128i low = _mm_unpacklo_epi32(_mm_unpacklo_epi16(y0, y1), _mm_unpacklo_epi16(y2, y3));
    const __m128i high = _mm_unpacklo_epi32(_mm_unpacklo_epi16(y4, y5), _mm_unpacklo_epi16(y6, y7));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(output + i), _mm_unpacklo_epi64(low, high));
    y = y7;
  }
  if (i > 0) {
    state.last_input = static_cast<int16_t>(_mm_extract_epi16(before, 7));
    state.last_output = static_cast<int16_t>(_mm_extract_epi16(y, 0));
  }
  stapes::dc_notch(coefficient, input + i, count - i, state, output + i);
}

// (x c) >> 12 is the upper half of x (16 c), but 16 c needs 17 bits from c = 2048 on: there the
// product with 16 c - 2^16 is x too small.
STAPES_AVX2 int16_t apply_window(const int16_t* coefficients, const int16_t* samples, int32_t count,
                                 int16_t* output) {
  __m256i greatest = _mm256_setzero_si256();
  int32_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m256i c = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(coefficients + i));
    const __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(samples + i));
    const __m256i large = _mm256_cmpgt_epi16(c, _mm256_set1_epi16(2047));
    const __m256i product = _mm256_add_epi16(
        _mm256_mulhi_epi16(x, _mm256_slli_epi16(c, 16 - kWindowBits)), _mm256_and_si256(x, large));
    greatest = _mm256_max_epi16(greatest, _mm256_abs_epi16(product));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(output + i), product);
  }
  alignas(32) int16_t lanes[16];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), greatest);
  int16_t result = stapes::apply_window(coefficients + i, samples + i, count - i, output + i);
  for (const int16_t lane : lanes) result = lane > result ? lane : result;
  return result;
}

STAPES_AVX2 void bin_energies(const int16_t* spectrum, int32_t first_bin, int32_t end_bin,
                              int32_t* energies) {
  int32_t bin = first_bin;
  for (; bin + 8 <= end_bin; bin += 8, energies += 8) {
    const __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(spectrum + 2 * bin));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(energies), _mm256_madd_epi16(x, x));
  }
  stapes::bin_energies(spectrum, bin, end_bin, energies);
}

STAPES_AVX2 void filterbank(const int32_t* energies, int32_t first_bin, const int16_t* weights,
                            const int16_t* unweights, const int16_t* channel_ends, int32_t channels,
                            uint64_t* sums) {
  uint64_t falling_before = 0;
  int32_t bin = first_bin;
  for (int32_t channel = 0; channel <= channels; ++channel) {
    __m256i rising = _mm256_setzero_si256();
    __m256i falling = _mm256_setzero_si256();
    const int32_t end = channel_ends[channel];
    for (; bin + 4 <= end; bin += 4, energies += 4, weights += 4, unweights += 4) {
      const __m256i energy =
          _mm256_cvtepi32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(energies)));
      const __m256i up =
          _mm256_cvtepi16_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(weights)));
      const __m256i down =
          _mm256_cvtepi16_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(unweights)));
      rising = _mm256_add_epi64(rising, _mm256_mul_epi32(energy, up));
      falling = _mm256_add_epi64(falling, _mm256_mul_epi32(energy, down));
    }
    // Lanes 0 and 1 of `both`: the sums of rising and of falling.
    const __m256i pairs = _mm256_add_epi64(_mm256_unpacklo_epi64(rising, falling),
                                           _mm256_unpackhi_epi64(rising, falling));
    const __m128i both =
        _mm_add_epi64(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
    auto rising_sum = static_cast<uint64_t>(_mm_cvtsi128_si64(both)) + falling_before;
    auto falling_sum = static_cast<uint64_t>(_mm_extract_epi64(both, 1));
    for (; bin < end; ++bin) {
      const int64_t energy = *energies++;
      rising_sum += static_cast<uint64_t>(energy * *weights++);
      falling_sum += static_cast<uint64_t>(energy * *unweights++);
    }
    if (channel > 0) sums[channel - 1] = rising_sum;
    falling_before = falling_sum;
  }
}

// The square root of a double, put right where its 53 bits are not enough.
void channel_magnitudes(const uint64_t* sums, int32_t channels, int32_t shift, uint32_t* output) {
  for (int32_t i = 0; i < channels; ++i) {
    const uint64_t value = sums[i];
    if (value >= uint64_t{1} << 62) {  // beyond all real sound
      output[i] = square_root(value) >> shift;
      continue;
    }
    const __m128d x = _mm_set_sd(static_cast<double>(static_cast<int64_t>(value)));
    auto root = static_cast<uint64_t>(_mm_cvttsd_si64(_mm_sqrt_sd(x, x)));
    if (root * root > value) --root;
    const uint64_t rest = value - root * root;
    const uint64_t maximum = value >> 32 == 0 ? 0xFFFFU : 0xFFFFFFFFU;
    if (rest > root && root != maximum) ++root;
    output[i] = static_cast<uint32_t>(root) >> shift;
  }
}

}  // namespace stapes::avx2
#endif
