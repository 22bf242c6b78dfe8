#pragma once
#include <immintrin.h>

#include <cstdint>

#include "device/kernels/x86/blocks.h"

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes what the intrinsics leave undefined on purpose for a mistake.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

// For the files that are written once for all levels (*_body.h): this level's namespace, and what
// its functions are compiled for. A source file includes one level only.
#define STAPES_LEVEL avx512
#define STAPES_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#define STAPES_INLINE STAPES_TARGET __attribute__((always_inline)) inline

// Vectors of 16 int32_t and the operations that the kernels of this folder are written in, for
// AVX-512 with VNNI. avx2.h has the same names for AVX2; see below for what an Operand is.
namespace stapes::x86::avx512 {

using Vector = __m512i;
constexpr int32_t kLanes = 16;

// --- 32-bit lanes

STAPES_INLINE Vector load(const void* at) { return _mm512_loadu_si512(at); }
STAPES_INLINE void store(void* at, Vector value) { _mm512_storeu_si512(at, value); }
STAPES_INLINE Vector broadcast(int32_t value) { return _mm512_set1_epi32(value); }
STAPES_INLINE Vector zero() { return _mm512_setzero_si512(); }
STAPES_INLINE Vector add(Vector a, Vector b) { return _mm512_add_epi32(a, b); }
STAPES_INLINE Vector subtract(Vector a, Vector b) { return _mm512_sub_epi32(a, b); }
STAPES_INLINE Vector multiply_low(Vector a, Vector b) { return _mm512_mullo_epi32(a, b); }
// REQUIRES: a lies in int16_t, word in [0, 2^15)
STAPES_INLINE Vector multiply_words(Vector a, Vector word) { return _mm512_madd_epi16(a, word); }
STAPES_INLINE Vector minimum(Vector a, Vector b) { return _mm512_min_epi32(a, b); }
STAPES_INLINE Vector maximum(Vector a, Vector b) { return _mm512_max_epi32(a, b); }
STAPES_INLINE Vector magnitude(Vector a) { return _mm512_abs_epi32(a); }
STAPES_INLINE Vector shift_left(Vector a, int32_t bits) {
  return _mm512_sll_epi32(a, _mm_cvtsi32_si128(bits));
}
// Arithmetic; from 31 on, the sign.
STAPES_INLINE Vector shift_right(Vector a, int32_t bits) {
  return _mm512_sra_epi32(a, _mm_cvtsi32_si128(bits));
}
STAPES_INLINE Vector shift_right_each(Vector a, Vector bits) { return _mm512_srav_epi32(a, bits); }
STAPES_INLINE Vector sign(Vector a) { return _mm512_srai_epi32(a, 31); }  // 0 or -1
STAPES_INLINE Vector bitwise_and(Vector a, Vector b) { return _mm512_and_si512(a, b); }
STAPES_INLINE Vector bitwise_or(Vector a, Vector b) { return _mm512_or_si512(a, b); }
STAPES_INLINE Vector shift_left_each(Vector a, Vector bits) { return _mm512_sllv_epi32(a, bits); }
STAPES_INLINE Vector shift_right_logical(Vector a, int32_t bits) {
  return _mm512_srl_epi32(a, _mm_cvtsi32_si128(bits));
}
// where a > b: c, otherwise d
STAPES_INLINE Vector select_greater(Vector a, Vector b, Vector c, Vector d) {
  return _mm512_mask_blend_epi32(_mm512_cmpgt_epi32_mask(a, b), d, c);
}
STAPES_INLINE bool any_nonzero(Vector a) { return _mm512_test_epi32_mask(a, a) != 0; }
// 32 bits at base + 2 * index, for 16 indices
STAPES_INLINE Vector gather_pairs(const uint16_t* base, Vector index) {
  return _mm512_i32gather_epi32(index, base, 2);
}

// The odd lanes where they can be multiplied.
STAPES_INLINE Vector odd_lanes(Vector a) { return _mm512_srli_epi64(a, 32); }

// (2a * m + 2^31) >> 32 with m and the odd lanes of m. REQUIRES: |a| < 2^30
STAPES_INLINE Vector doubling_high_product_small(Vector a, Vector m, Vector m_odd) {
  const Vector twice = _mm512_slli_epi32(a, 1);
  const Vector half = _mm512_set1_epi64(int64_t{1} << 31);
  const Vector even = _mm512_add_epi64(_mm512_mul_epi32(twice, m), half);
  const Vector odd = _mm512_add_epi64(_mm512_mul_epi32(odd_lanes(twice), m_odd), half);
  return _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_ENUM(0xF5));
}

// (2a * m + addend) >> 32, |a| < 2^30, with the 64-bit addends of the even lanes and of the odd
// ones: 2^31 + rounding * 2^32.
STAPES_INLINE Vector even_addend(Vector rounding) {
  return _mm512_or_si512(_mm512_slli_epi64(rounding, 32), _mm512_set1_epi64(int64_t{1} << 31));
}
STAPES_INLINE Vector odd_addend(Vector rounding) {
  return _mm512_mask_blend_epi32(0xAAAA, _mm512_set1_epi64(int64_t{1} << 31), rounding);
}
STAPES_INLINE Vector high_product_plus(Vector a, Vector m, Vector m_odd, Vector even_addend,
                                       Vector odd_addend) {
  const Vector twice = _mm512_slli_epi32(a, 1);
  const Vector even = _mm512_add_epi64(_mm512_mul_epi32(twice, m), even_addend);
  const Vector odd = _mm512_add_epi64(_mm512_mul_epi32(odd_lanes(twice), m_odd), odd_addend);
  return _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_ENUM(0xF5));
}

// (a * m + 2^30) >> 31 for any a and m >= 0.
STAPES_INLINE Vector doubling_high_product(Vector a, Vector m, Vector m_odd) {
  const Vector half = _mm512_set1_epi64(int64_t{1} << 30);
  const Vector even = _mm512_add_epi64(_mm512_mul_epi32(a, m), half);
  const Vector odd = _mm512_add_epi64(_mm512_mul_epi32(odd_lanes(a), m_odd), half);
  return _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
}

// The first `count` <= 16 lanes; the others are 0, and not read.
STAPES_INLINE Vector first_lanes(Vector a, int32_t count) {
  return _mm512_maskz_mov_epi32(static_cast<__mmask16>((1U << count) - 1), a);
}
STAPES_INLINE Vector load_ints(const int32_t* at, int32_t count) {
  return _mm512_maskz_loadu_epi32(static_cast<__mmask16>((1U << count) - 1), at);
}
// Values and shifts of `count` multipliers.
STAPES_INLINE void load_multipliers(const reference::Multiplier* at, int32_t count, Vector* values,
                                    Vector* shifts) {
  const uint32_t mask = count == 16 ? ~0U : (1U << (2 * count)) - 1;
  const Vector low = _mm512_maskz_loadu_epi32(static_cast<__mmask16>(mask), at);
  const Vector high = _mm512_maskz_loadu_epi32(static_cast<__mmask16>(mask >> 16), at + 8);
  const Vector even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  *values = _mm512_permutex2var_epi32(low, even, high);
  *shifts = _mm512_permutex2var_epi32(low, add(even, broadcast(1)), high);
}

// --- bytes and int16_t

// The first `count` <= 16 of bytes as int32_t; the others are 0 and not read.
STAPES_INLINE Vector load_bytes(const int8_t* at, int32_t count) {
  const auto mask = static_cast<__mmask16>((1U << count) - 1);
  return _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(mask, at));
}
// Lanes clamped to [minimum, maximum] inside int8_t.
STAPES_INLINE void store_bytes(int8_t* at, Vector value, int32_t count, int32_t minimum,
                               int32_t maximum) {
  const auto mask = static_cast<__mmask16>((1U << count) - 1);
  __m128i bytes = _mm512_cvtsepi32_epi8(value);
  bytes = _mm_max_epi8(bytes, _mm_set1_epi8(static_cast<char>(minimum)));
  bytes = _mm_min_epi8(bytes, _mm_set1_epi8(static_cast<char>(maximum)));
  _mm_mask_storeu_epi8(at, mask, bytes);
}
STAPES_INLINE Vector load_words(const int16_t* at, int32_t count) {
  const auto mask = static_cast<__mmask16>((1U << count) - 1);
  return _mm512_cvtepi16_epi32(_mm256_maskz_loadu_epi16(mask, at));
}
// Lanes clamped to int16_t.
STAPES_INLINE void store_words(int16_t* at, Vector value, int32_t count) {
  const auto mask = static_cast<__mmask16>((1U << count) - 1);
  _mm256_mask_storeu_epi16(at, mask, _mm512_cvtsepi32_epi16(value));
}
// The lanes of vectors[0], [1], ... one behind the other, as bytes clamped to
// [minimum, maximum]; the first `count` are stored.
template <int32_t kVectors>
STAPES_INLINE void store_vectors(int8_t* at, const Vector (&vectors)[kVectors], int32_t count,
                                 Vector minimum, Vector maximum) {
  static_assert(kVectors <= 4, "64 bytes");
  const Vector first =
      _mm512_packs_epi32(vectors[0], kVectors > 1 ? vectors[1 % kVectors] : zero());
  const Vector second =
      kVectors > 2
          ? _mm512_packs_epi32(vectors[2 % kVectors], kVectors > 3 ? vectors[3 % kVectors] : zero())
          : zero();
  const Vector order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  Vector bytes = _mm512_permutexvar_epi32(order, _mm512_packs_epi16(first, second));
  bytes = _mm512_min_epi8(_mm512_max_epi8(bytes, minimum), maximum);
  _mm512_mask_storeu_epi8(at, ~uint64_t{0} >> (64 - count), bytes);
}
STAPES_INLINE Vector broadcast_byte(int32_t value) {
  return _mm512_set1_epi8(static_cast<char>(value));
}

// Sum of all lanes.
STAPES_INLINE int32_t sum_of_lanes(Vector a) { return _mm512_reduce_add_epi32(a); }

// --- bytes as int16_t, for sums along them

constexpr int32_t kWords = 32;
// `count` <= kWords bytes; the others are 0 and not read.
STAPES_INLINE Vector load_as_words(const int8_t* at, int32_t count) {
  const __mmask32 mask = ~0U >> (32 - count);
  return _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(mask, at));
}
STAPES_INLINE Vector broadcast_word(int32_t value) {
  return _mm512_set1_epi16(static_cast<int16_t>(value));
}
// sum + the products of words, two neighbours to a lane
STAPES_INLINE Vector add_products_of_words(Vector sum, Vector a, Vector b) {
  return _mm512_dpwssd_epi32(sum, a, b);
}
STAPES_INLINE Vector add_words(Vector a, Vector b) { return _mm512_add_epi16(a, b); }

// round(x / scale), ties away from zero, 0 for what is no number, limited to +-limit.
STAPES_INLINE Vector divide_and_round(const float* at, int32_t count, float scale, float limit) {
  const auto mask = static_cast<__mmask16>((1U << count) - 1);
  const __m512 x = _mm512_div_ps(_mm512_maskz_loadu_ps(mask, at), _mm512_set1_ps(scale));
  const __m512 whole = _mm512_roundscale_ps(x, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
  const __m512 rest = _mm512_abs_ps(_mm512_sub_ps(x, whole));
  const __mmask16 up = _mm512_cmp_ps_mask(rest, _mm512_set1_ps(0.5F), _CMP_GE_OQ);
  const __mmask16 negative = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ);
  const __m512 one = _mm512_mask_blend_ps(negative, _mm512_set1_ps(1), _mm512_set1_ps(-1));
  __m512 rounded = _mm512_mask_add_ps(whole, up, whole, one);
  rounded = _mm512_min_ps(rounded, _mm512_set1_ps(limit));
  rounded = _mm512_max_ps(rounded, _mm512_set1_ps(-limit));
  return _mm512_maskz_cvttps_epi32(_mm512_cmp_ps_mask(x, x, _CMP_ORD_Q), rounded);
}

// --- products

using Operand = uint8_t;  // activation + 128
using Weight = int8_t;
constexpr int32_t kGroup = 4;  // operands to a lane

// What stands for an activation that is the zero point, and what the sum of the weights must be
// multiplied with so that operands are activations plus `offset`.
constexpr Operand neutral_operand(int32_t offset) { return static_cast<Operand>(128 - offset); }
constexpr int32_t weight_sum_factor(int32_t offset) { return offset - 128; }

STAPES_INLINE void make_operands(const int8_t* activations, int32_t count, int32_t,
                                 Operand* operands) {
  const Vector flip = _mm512_set1_epi8(static_cast<char>(0x80));
  int32_t i = 0;
  for (; i + 64 <= count; i += 64)
    store(operands + i, _mm512_xor_si512(load(activations + i), flip));
  if (i < count) {
    const uint64_t mask = ~uint64_t{0} >> (64 - (count - i));
    _mm512_mask_storeu_epi8(operands + i, mask,
                            _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, activations + i), flip));
  }
}

STAPES_INLINE Vector broadcast_group(const Operand* at) {
  int32_t group;
  __builtin_memcpy(&group, at, sizeof(group));
  return _mm512_set1_epi32(group);
}
// A lane's group of each channel, as accumulate() takes it.
STAPES_INLINE Vector load_packed(const Weight* at) { return load(at); }
STAPES_INLINE void store_packed(Weight* at, Vector weights) { store(at, weights); }
STAPES_INLINE Vector ones_operand() { return _mm512_set1_epi8(1); }
STAPES_INLINE Vector accumulate(Vector sum, Vector operands, Vector weights) {
  return _mm512_dpbusd_epi32(sum, operands, weights);
}

// A square of 16 x 16 lanes, rows to columns.
STAPES_INLINE void transpose(Vector (&rows)[kLanes]) {
  Vector pairs[kLanes];
  STAPES_UNROLL
  for (int32_t i = 0; i < kLanes; i += 2) {
    pairs[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
  }
  Vector fours[kLanes];
  STAPES_UNROLL
  for (int32_t i = 0; i < kLanes; i += 4) {
    fours[i] = _mm512_unpacklo_epi64(pairs[i], pairs[i + 2]);
    fours[i + 1] = _mm512_unpackhi_epi64(pairs[i], pairs[i + 2]);
    fours[i + 2] = _mm512_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
    fours[i + 3] = _mm512_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
  }
  STAPES_UNROLL
  for (int32_t c = 0; c < 4; ++c) {
    const Vector a = _mm512_shuffle_i32x4(fours[c], fours[4 + c], 0x44);
    const Vector b = _mm512_shuffle_i32x4(fours[8 + c], fours[12 + c], 0x44);
    const Vector d = _mm512_shuffle_i32x4(fours[c], fours[4 + c], 0xEE);
    const Vector e = _mm512_shuffle_i32x4(fours[8 + c], fours[12 + c], 0xEE);
    rows[c] = _mm512_shuffle_i32x4(a, b, 0x88);
    rows[4 + c] = _mm512_shuffle_i32x4(a, b, 0xDD);
    rows[8 + c] = _mm512_shuffle_i32x4(d, e, 0x88);
    rows[12 + c] = _mm512_shuffle_i32x4(d, e, 0xDD);
  }
}

constexpr int32_t kRowWeights = 64;  // of one channel that load_weights() makes a vector of
STAPES_INLINE Vector load_weights(const int8_t* at, int32_t count) {
  return count >= kRowWeights ? load(at)
                              : _mm512_maskz_loadu_epi8(~uint64_t{0} >> (64 - count), at);
}

// --- rows of channels side by side, for depthwise convolution: kGroup taps to a lane

// Channel 16 i + 4 j + c of a block is lane 4 i + c of vector j.
constexpr int32_t kInterleaved = 4;  // vectors

STAPES_INLINE void interleave(const Vector (&taps)[kGroup], Vector (&lanes)[kInterleaved]) {
  const Vector low01 = _mm512_unpacklo_epi8(taps[0], taps[1]);
  const Vector high01 = _mm512_unpackhi_epi8(taps[0], taps[1]);
  const Vector low23 = _mm512_unpacklo_epi8(taps[2], taps[3]);
  const Vector high23 = _mm512_unpackhi_epi8(taps[2], taps[3]);
  lanes[0] = _mm512_unpacklo_epi16(low01, low23);
  lanes[1] = _mm512_unpackhi_epi16(low01, low23);
  lanes[2] = _mm512_unpacklo_epi16(high01, high23);
  lanes[3] = _mm512_unpackhi_epi16(high01, high23);
}
// `count` channels of a tap, as they are and as operands.
STAPES_INLINE Vector load_tap_weights(const int8_t* at, int32_t count) {
  return _mm512_maskz_loadu_epi8(~uint64_t{0} >> (64 - count), at);
}
STAPES_INLINE Vector load_tap_operands(const int8_t* at, int32_t count, Vector) {
  return _mm512_xor_si512(load_tap_weights(at, count), broadcast_byte(-128));
}
// What load_tap_operands() takes as its last argument.
STAPES_INLINE Vector operand_offset(int32_t) { return zero(); }

// Vector j of an array in the order of the channels.
STAPES_INLINE Vector load_interleaved(const int32_t* at, int32_t j) {
  const auto* parts = reinterpret_cast<const __m128i*>(at) + j;
  Vector result = _mm512_castsi128_si512(_mm_loadu_si128(parts));
  result = _mm512_inserti32x4(result, _mm_loadu_si128(parts + 4), 1);
  result = _mm512_inserti32x4(result, _mm_loadu_si128(parts + 8), 2);
  return _mm512_inserti32x4(result, _mm_loadu_si128(parts + 12), 3);
}
STAPES_INLINE void store_interleaved(int8_t* at, const Vector (&values)[kInterleaved],
                                     int32_t count, Vector minimum, Vector maximum) {
  Vector bytes = _mm512_packs_epi16(_mm512_packs_epi32(values[0], values[1]),
                                    _mm512_packs_epi32(values[2], values[3]));
  bytes = _mm512_min_epi8(_mm512_max_epi8(bytes, minimum), maximum);
  _mm512_mask_storeu_epi8(at, ~uint64_t{0} >> (64 - count), bytes);
}

}  // namespace stapes::x86::avx512
