#include "device/frontend/fft.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "device/frontend/x86/avx2.h"

// A vector holds eight complex numbers. Every complex number goes through the same operations as in
// the plain code, in the same order; only which of them are computed together differs. The first
// two stages (transforms of 16 or, with a radix-2 stage, of 8 points) run on eight such transforms
// side by side and put their results in place by a transposition; every later stage combines at
// least eight neighbouring points.
namespace stapes::avx2 {
namespace {

#define STAPES_AVX2_INLINE __attribute__((target("avx2"), always_inline)) inline

using Vector = __m256i;

STAPES_AVX2_INLINE Vector load(const int16_t* at) {
  return _mm256_loadu_si256(reinterpret_cast<const Vector*>(at));
}

STAPES_AVX2_INLINE void store(int16_t* at, Vector value) {
  _mm256_storeu_si256(reinterpret_cast<Vector*>(at), value);
}

STAPES_AVX2_INLINE Vector conjugate(Vector x) {
  return _mm256_sign_epi16(x, _mm256_set1_epi32(static_cast<int32_t>(0xFFFF0001U)));
}

STAPES_AVX2_INLINE Vector swapped(Vector x) {
  const Vector order = _mm256_set_epi8(13, 12, 15, 14, 9, 8, 11, 10, 5, 4, 7, 6, 1, 0, 3, 2, 13, 12,
                                       15, 14, 9, 8, 11, 10, 5, 4, 7, 6, 1, 0, 3, 2);
  return _mm256_shuffle_epi8(x, order);
}

STAPES_AVX2_INLINE Vector times_minus_i(Vector x) { return conjugate(swapped(x)); }

// mulhrs is (a b + 2^14) >> 15.
STAPES_AVX2_INLINE Vector divided_by_2(Vector x) {
  return _mm256_mulhrs_epi16(x, _mm256_set1_epi16(32767 / 2));
}
STAPES_AVX2_INLINE Vector divided_by_4(Vector x) {
  return _mm256_mulhrs_epi16(x, _mm256_set1_epi16(32767 / 4));
}

// Products in 32 bits, rounded; of the results 16 bits are kept.
STAPES_AVX2_INLINE Vector multiplied(Vector x, Vector w) {
  const Vector half = _mm256_set1_epi32(1 << 14);
  const Vector re = _mm256_add_epi32(_mm256_madd_epi16(x, conjugate(w)), half);
  const Vector im = _mm256_add_epi32(_mm256_madd_epi16(x, swapped(w)), half);
  return _mm256_blend_epi16(_mm256_srli_epi32(re, 15), _mm256_slli_epi32(im, 1), 0xAA);
}

STAPES_AVX2_INLINE void butterfly(Vector& a, Vector& b, Vector& c, Vector& d) {
  const Vector even_sum = _mm256_add_epi16(a, c);
  const Vector even_difference = _mm256_sub_epi16(a, c);
  const Vector odd_sum = _mm256_add_epi16(b, d);
  const Vector turned = times_minus_i(_mm256_sub_epi16(b, d));
  a = _mm256_add_epi16(even_sum, odd_sum);
  b = _mm256_add_epi16(even_difference, turned);
  c = _mm256_sub_epi16(even_sum, odd_sum);
  d = _mm256_sub_epi16(even_difference, turned);
}

STAPES_AVX2_INLINE Vector broadcast(const int16_t* twiddle) {
  int32_t both = 0;
  __builtin_memcpy(&both, twiddle, sizeof(both));
  return _mm256_set1_epi32(both);
}

// rows[i] lane j -> rows[j] lane i
STAPES_AVX2_INLINE void transpose(Vector* rows) {
  Vector pairs[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm256_unpacklo_epi32(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm256_unpackhi_epi32(rows[i], rows[i + 1]);
  }
  Vector fours[8];
  for (int i = 0; i < 8; i += 4) {
    fours[i] = _mm256_unpacklo_epi64(pairs[i], pairs[i + 2]);
    fours[i + 1] = _mm256_unpackhi_epi64(pairs[i], pairs[i + 2]);
    fours[i + 2] = _mm256_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
    fours[i + 3] = _mm256_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
  }
  for (int i = 0; i < 4; ++i) {
    rows[i] = _mm256_permute2x128_si256(fours[i], fours[i + 4], 0x20);
    rows[i + 4] = _mm256_permute2x128_si256(fours[i], fours[i + 4], 0x31);
  }
}

int32_t reverse_base_4(int32_t value, int32_t digits) {
  int32_t reversed = 0;
  for (int32_t i = 0; i < digits; ++i) {
    reversed = reversed * 4 + (value & 3);
    value >>= 2;
  }
  return reversed;
}

// The second stage combines the four transforms x[0 … 3] of kQuarter points each that the first
// stage made; then the finished transforms go to their places.
template <int kQuarter>
STAPES_AVX2_INLINE void second_stage_and_store(Vector (&x)[4][kQuarter], const int16_t* twiddles,
                                               int32_t first, int32_t digits, int16_t* output) {
  Vector result[4 * kQuarter];
  for (int k = 0; k < kQuarter; ++k) {
    Vector parts[4];
    for (int i = 0; i < 4; ++i) {
      parts[i] = divided_by_4(x[i][k]);
      // Factors of k = 0 are 1 and change nothing after the division.
      if (i > 0 && k > 0) {
        parts[i] = multiplied(parts[i], broadcast(twiddles + 2 * ((i - 1) * kQuarter + k)));
      }
    }
    butterfly(parts[0], parts[1], parts[2], parts[3]);
    for (int i = 0; i < 4; ++i) result[k + i * kQuarter] = parts[i];
  }
  for (int half = 0; half < 4 * kQuarter; half += 8) transpose(result + half);
  for (int32_t j = 0; j < 8; ++j) {
    int16_t* out = output + 2 * 4 * kQuarter * reverse_base_4(first + j, digits);
    for (int half = 0; half < 4 * kQuarter; half += 8) store(out + 2 * half, result[half + j]);
  }
}

// First and second stage for log2(points) even: transforms of 16 points.
__attribute__((target("avx2"))) void first_stages_4_4(const int16_t* input, int32_t shift,
                                                      int32_t points, const int16_t* twiddles,
                                                      int16_t* output) {
  const int32_t blocks = points / 16;
  const int32_t digits = (31 - __builtin_clz(static_cast<uint32_t>(blocks))) / 2;
  const __m128i bits = _mm_cvtsi32_si128(shift);
  for (int32_t first = 0; first < blocks; first += 8) {
    Vector x[4][4];
    for (int i = 0; i < 4; ++i) {
      for (int j = 0; j < 4; ++j) {
        const Vector loaded = load(input + 2 * (first + (i + 4 * j) * blocks));
        x[i][j] = divided_by_4(_mm256_sll_epi16(loaded, bits));
      }
      butterfly(x[i][0], x[i][1], x[i][2], x[i][3]);
    }
    second_stage_and_store<4>(x, twiddles, first, digits, output);
  }
}

// For log2(points) odd: transforms of 8 points.
__attribute__((target("avx2"))) void first_stages_2_4(const int16_t* input, int32_t shift,
                                                      int32_t points, const int16_t* twiddles,
                                                      int16_t* output) {
  const int32_t blocks = points / 8;
  const int32_t digits = (31 - __builtin_clz(static_cast<uint32_t>(blocks))) / 2;
  const __m128i bits = _mm_cvtsi32_si128(shift);
  for (int32_t first = 0; first < blocks; first += 8) {
    Vector x[4][2];
    for (int i = 0; i < 4; ++i) {
      const Vector a = load(input + 2 * (first + i * blocks));
      const Vector b = load(input + 2 * (first + (i + 4) * blocks));
      const Vector half_a = divided_by_2(_mm256_sll_epi16(a, bits));
      const Vector half_b = divided_by_2(_mm256_sll_epi16(b, bits));
      x[i][0] = _mm256_add_epi16(half_a, half_b);
      x[i][1] = _mm256_sub_epi16(half_a, half_b);
    }
    second_stage_and_store<2>(x, twiddles, first, digits, output);
  }
}

__attribute__((target("avx2"))) void radix_4_stage(const int16_t* twiddles, int32_t m,
                                                   int32_t points, int16_t* data) {
  for (int32_t block = 0; block < points; block += 4 * m) {
    int16_t* at = data + 2 * block;
    for (int32_t k = 0; k < m; k += 8, at += 16) {
      Vector a = divided_by_4(load(at));
      Vector b = multiplied(divided_by_4(load(at + 2 * m)), load(twiddles + 2 * k));
      Vector c = multiplied(divided_by_4(load(at + 4 * m)), load(twiddles + 2 * (m + k)));
      Vector d = multiplied(divided_by_4(load(at + 6 * m)), load(twiddles + 2 * (2 * m + k)));
      butterfly(a, b, c, d);
      store(at, a);
      store(at + 2 * m, b);
      store(at + 4 * m, c);
      store(at + 6 * m, d);
    }
  }
}

// (a + b) >> 1 and (a - b) >> 1 of 16-bit numbers, without losing the 17th bit.
STAPES_AVX2_INLINE Vector half_sum(Vector a, Vector b) {
  return _mm256_add_epi16(_mm256_and_si256(a, b), _mm256_srai_epi16(_mm256_xor_si256(a, b), 1));
}
STAPES_AVX2_INLINE Vector half_difference(Vector a, Vector b) {
  const Vector c = _mm256_xor_si256(b, _mm256_set1_epi16(-1));  // -b - 1
  return _mm256_sub_epi16(_mm256_or_si256(a, c), _mm256_srai_epi16(_mm256_xor_si256(a, c), 1));
}

STAPES_AVX2_INLINE Vector reversed(Vector x) {
  return _mm256_permutevar8x32_epi32(x, _mm256_set_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

__attribute__((target("avx2"))) void separate(const int16_t* real_twiddles, int32_t n,
                                              int16_t* data) {
  const Vector zero =
      divided_by_2(_mm256_castsi128_si256(_mm_set_epi16(0, 0, 0, 0, 0, 0, data[1], data[0])));
  const auto re = static_cast<int16_t>(_mm256_extract_epi16(zero, 0));
  const auto im = static_cast<int16_t>(_mm256_extract_epi16(zero, 1));
  for (int32_t k = 1; k < n / 2; k += 8) {
    int16_t* low_at = data + 2 * k;
    int16_t* high_at = data + 2 * (n - k - 7);
    const Vector low = divided_by_2(load(low_at));
    const Vector mirrored = divided_by_2(conjugate(reversed(load(high_at))));
    const Vector sum = _mm256_add_epi16(low, mirrored);
    const Vector turned =
        multiplied(_mm256_sub_epi16(low, mirrored), load(real_twiddles + 2 * (k - 1)));
    store(low_at, half_sum(sum, turned));
    const Vector high = half_difference(_mm256_blend_epi16(sum, turned, 0xAA),
                                        _mm256_blend_epi16(turned, sum, 0xAA));
    store(high_at, reversed(high));
  }
  data[0] = static_cast<int16_t>(re + im);
  data[1] = 0;
  data[2 * n] = static_cast<int16_t>(re - im);
  data[2 * n + 1] = 0;
}

}  // namespace

void real_fft(const FftTables& tables, const int16_t* input, int32_t shift, int16_t* spectrum) {
  const int32_t points = tables.fft_size / 2;
  if (points < 128) {
    stapes::real_fft(tables, input, shift, spectrum);
    return;
  }
  const int16_t* twiddles = tables.twiddles;
  const bool even = (__builtin_ctz(static_cast<uint32_t>(points)) & 1) == 0;
  if (even) {
    first_stages_4_4(input, shift, points, twiddles, spectrum);
  } else {
    first_stages_2_4(input, shift, points, twiddles, spectrum);
  }
  int32_t m = even ? 4 : 2;
  twiddles += 6 * m;
  for (m *= 4; m < points; m *= 4) {
    radix_4_stage(twiddles, m, points, spectrum);
    twiddles += 6 * m;
  }
  separate(tables.real_twiddles, points, spectrum);
}

}  // namespace stapes::avx2
#endif
