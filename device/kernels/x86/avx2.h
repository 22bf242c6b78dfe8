#pragma once
#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "device/kernels/x86/blocks.h"

// For the files that are written once for all levels (*_body.h): this level's namespace, and what
// its functions are compiled for. A source file includes one level only.
#define STAPES_LEVEL avx2
#define STAPES_TARGET __attribute__((target("avx2")))
#define STAPES_INLINE STAPES_TARGET __attribute__((always_inline)) inline

// Vectors of 8 int32_t and the operations that the kernels of this folder are written in, for AVX2.
// avx512.h has the same names, and comments.
namespace stapes::x86::avx2 {

using Vector = __m256i;
constexpr int32_t kLanes = 8;

STAPES_INLINE Vector load(const void* at) {
  return _mm256_loadu_si256(static_cast<const Vector*>(at));
}
STAPES_INLINE void store(void* at, Vector value) {
  _mm256_storeu_si256(static_cast<Vector*>(at), value);
}
STAPES_INLINE Vector broadcast(int32_t value) { return _mm256_set1_epi32(value); }
STAPES_INLINE Vector zero() { return _mm256_setzero_si256(); }
STAPES_INLINE Vector add(Vector a, Vector b) { return _mm256_add_epi32(a, b); }
STAPES_INLINE Vector subtract(Vector a, Vector b) { return _mm256_sub_epi32(a, b); }
STAPES_INLINE Vector multiply_low(Vector a, Vector b) { return _mm256_mullo_epi32(a, b); }
STAPES_INLINE Vector multiply_words(Vector a, Vector word) { return _mm256_madd_epi16(a, word); }
STAPES_INLINE Vector minimum(Vector a, Vector b) { return _mm256_min_epi32(a, b); }
STAPES_INLINE Vector maximum(Vector a, Vector b) { return _mm256_max_epi32(a, b); }
STAPES_INLINE Vector magnitude(Vector a) { return _mm256_abs_epi32(a); }
STAPES_INLINE Vector shift_left(Vector a, int32_t bits) {
  return _mm256_sll_epi32(a, _mm_cvtsi32_si128(bits));
}
STAPES_INLINE Vector shift_right(Vector a, int32_t bits) {
  return _mm256_sra_epi32(a, _mm_cvtsi32_si128(bits));
}
STAPES_INLINE Vector shift_right_each(Vector a, Vector bits) { return _mm256_srav_epi32(a, bits); }
STAPES_INLINE Vector sign(Vector a) { return _mm256_srai_epi32(a, 31); }
STAPES_INLINE Vector bitwise_and(Vector a, Vector b) { return _mm256_and_si256(a, b); }
STAPES_INLINE Vector bitwise_or(Vector a, Vector b) { return _mm256_or_si256(a, b); }
STAPES_INLINE Vector shift_left_each(Vector a, Vector bits) { return _mm256_sllv_epi32(a, bits); }
STAPES_INLINE Vector shift_right_logical(Vector a, int32_t bits) {
  return _mm256_srl_epi32(a, _mm_cvtsi32_si128(bits));
}
STAPES_INLINE Vector select_greater(Vector a, Vector b, Vector c, Vector d) {
  return _mm256_blendv_epi8(d, c, _mm256_cmpgt_epi32(a, b));
}
STAPES_INLINE bool any_nonzero(Vector a) { return _mm256_testz_si256(a, a) == 0; }
STAPES_INLINE Vector gather_pairs(const uint16_t* base, Vector index) {
  return _mm256_i32gather_epi32(reinterpret_cast<const int*>(base), index, 2);
}

STAPES_INLINE Vector odd_lanes(Vector a) { return _mm256_srli_epi64(a, 32); }

STAPES_INLINE Vector doubling_high_product_small(Vector a, Vector m, Vector m_odd) {
  const Vector twice = _mm256_slli_epi32(a, 1);
  const Vector half = _mm256_set1_epi64x(int64_t{1} << 31);
  const Vector even = _mm256_add_epi64(_mm256_mul_epi32(twice, m), half);
  const Vector odd = _mm256_add_epi64(_mm256_mul_epi32(odd_lanes(twice), m_odd), half);
  return _mm256_blend_epi32(_mm256_shuffle_epi32(even, 0xF5), odd, 0xAA);
}

STAPES_INLINE Vector even_addend(Vector rounding) {
  return _mm256_or_si256(_mm256_slli_epi64(rounding, 32), _mm256_set1_epi64x(int64_t{1} << 31));
}
STAPES_INLINE Vector odd_addend(Vector rounding) {
  return _mm256_blend_epi32(_mm256_set1_epi64x(int64_t{1} << 31), rounding, 0xAA);
}
STAPES_INLINE Vector high_product_plus(Vector a, Vector m, Vector m_odd, Vector even_addend,
                                       Vector odd_addend) {
  const Vector twice = _mm256_slli_epi32(a, 1);
  const Vector even = _mm256_add_epi64(_mm256_mul_epi32(twice, m), even_addend);
  const Vector odd = _mm256_add_epi64(_mm256_mul_epi32(odd_lanes(twice), m_odd), odd_addend);
  return _mm256_blend_epi32(_mm256_shuffle_epi32(even, 0xF5), odd, 0xAA);
}

STAPES_INLINE Vector doubling_high_product(Vector a, Vector m, Vector m_odd) {
  const Vector half = _mm256_set1_epi64x(int64_t{1} << 30);
  const Vector even = _mm256_add_epi64(_mm256_mul_epi32(a, m), half);
  const Vector odd = _mm256_add_epi64(_mm256_mul_epi32(odd_lanes(a), m_odd), half);
  return _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xAA);
}

STAPES_INLINE Vector first_lanes(Vector a, int32_t count) {
  const Vector lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_and_si256(a, _mm256_cmpgt_epi32(broadcast(count), lane));
}
STAPES_INLINE Vector load_ints(const int32_t* at, int32_t count) {
  if (count == kLanes) return load(at);
  int32_t values[kLanes] = {};
  std::memcpy(values, at, static_cast<size_t>(count) * sizeof(int32_t));
  return load(values);
}
STAPES_INLINE void load_multipliers(const reference::Multiplier* at, int32_t count, Vector* values,
                                    Vector* shifts) {
  reference::Multiplier own[kLanes];
  if (count < kLanes) {
    std::memcpy(own, at, static_cast<size_t>(count) * sizeof(reference::Multiplier));
    at = own;
  }
  const __m256 low = _mm256_castsi256_ps(load(at));
  const __m256 high = _mm256_castsi256_ps(load(at + 4));
  const Vector even = _mm256_castps_si256(_mm256_shuffle_ps(low, high, 0x88));
  const Vector odd = _mm256_castps_si256(_mm256_shuffle_ps(low, high, 0xDD));
  *values = _mm256_permute4x64_epi64(even, 0xD8);
  *shifts = _mm256_permute4x64_epi64(odd, 0xD8);
}

// --- bytes and int16_t: AVX2 has no masks for them, so what is left over goes through a buffer

STAPES_INLINE Vector load_bytes(const int8_t* at, int32_t count) {
  int64_t bytes = 0;
  if (count == kLanes) {
    std::memcpy(&bytes, at, sizeof(bytes));
  } else {
    std::memcpy(&bytes, at, static_cast<size_t>(count));
  }
  return _mm256_cvtepi8_epi32(_mm_cvtsi64_si128(bytes));
}
STAPES_INLINE void store_bytes(int8_t* at, Vector value, int32_t count, int32_t minimum,
                               int32_t maximum) {
  const __m128i words =
      _mm_packs_epi32(_mm256_castsi256_si128(value), _mm256_extracti128_si256(value, 1));
  __m128i bytes = _mm_packs_epi16(words, words);
  bytes = _mm_max_epi8(bytes, _mm_set1_epi8(static_cast<char>(minimum)));
  bytes = _mm_min_epi8(bytes, _mm_set1_epi8(static_cast<char>(maximum)));
  const int64_t result = _mm_cvtsi128_si64(bytes);
  if (count == kLanes) {
    std::memcpy(at, &result, sizeof(result));
  } else {
    std::memcpy(at, &result, static_cast<size_t>(count));
  }
}
STAPES_INLINE Vector load_words(const int16_t* at, int32_t count) {
  int16_t words[kLanes] = {};
  if (count < kLanes) {
    std::memcpy(words, at, static_cast<size_t>(count) * sizeof(int16_t));
    at = words;
  }
  return _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
}
STAPES_INLINE void store_words(int16_t* at, Vector value, int32_t count) {
  int16_t words[kLanes];
  _mm_storeu_si128(
      reinterpret_cast<__m128i*>(words),
      _mm_packs_epi32(_mm256_castsi256_si128(value), _mm256_extracti128_si256(value, 1)));
  std::memcpy(at, words, static_cast<size_t>(count) * sizeof(int16_t));
}
// The first `count` bytes. What rows of channels have, 8 and 16, without a buffer.
STAPES_INLINE void store_some(int8_t* at, Vector bytes, int32_t count) {
  const __m128i low = _mm256_castsi256_si128(bytes);
  if (count == 16) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(at), low);
  } else if (count == 8) {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(at), low);
  } else {
    int8_t buffer[32];
    store(buffer, bytes);
    std::memcpy(at, buffer, static_cast<size_t>(count));
  }
}
template <int32_t kVectors>
STAPES_INLINE void store_vectors(int8_t* at, const Vector (&vectors)[kVectors], int32_t count,
                                 Vector minimum, Vector maximum) {
  static_assert(kVectors <= 4, "32 bytes");
  const Vector first =
      _mm256_packs_epi32(vectors[0], kVectors > 1 ? vectors[1 % kVectors] : zero());
  const Vector second =
      kVectors > 2
          ? _mm256_packs_epi32(vectors[2 % kVectors], kVectors > 3 ? vectors[3 % kVectors] : zero())
          : zero();
  const Vector order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  Vector bytes = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(first, second), order);
  bytes = _mm256_min_epi8(_mm256_max_epi8(bytes, minimum), maximum);
  store_some(at, bytes, count);
}
STAPES_INLINE Vector broadcast_byte(int32_t value) {
  return _mm256_set1_epi8(static_cast<char>(value));
}

STAPES_INLINE int32_t sum_of_lanes(Vector a) {
  __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
  return _mm_cvtsi128_si32(_mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1)));
}

constexpr int32_t kWords = 16;
STAPES_INLINE Vector load_as_words(const int8_t* at, int32_t count) {
  int8_t bytes[kWords] = {};
  const auto* from = reinterpret_cast<const __m128i*>(at);
  if (count < kWords) {
    std::memcpy(bytes, at, static_cast<size_t>(count));
    from = reinterpret_cast<const __m128i*>(bytes);
  }
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(from));
}
STAPES_INLINE Vector broadcast_word(int32_t value) {
  return _mm256_set1_epi16(static_cast<int16_t>(value));
}
STAPES_INLINE Vector add_products_of_words(Vector sum, Vector a, Vector b) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
}
STAPES_INLINE Vector add_words(Vector a, Vector b) { return _mm256_add_epi16(a, b); }

STAPES_INLINE Vector divide_and_round(const float* at, int32_t count, float scale, float limit) {
  float values[kLanes] = {};
  if (count < kLanes) {
    std::memcpy(values, at, static_cast<size_t>(count) * sizeof(float));
    at = values;
  }
  const __m256 x = _mm256_div_ps(_mm256_loadu_ps(at), _mm256_set1_ps(scale));
  const __m256 whole = _mm256_round_ps(x, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
  const __m256 sign_bit = _mm256_set1_ps(-0.0F);
  const __m256 rest = _mm256_andnot_ps(sign_bit, _mm256_sub_ps(x, whole));
  const __m256 up = _mm256_cmp_ps(rest, _mm256_set1_ps(0.5F), _CMP_GE_OQ);
  const __m256 one = _mm256_or_ps(_mm256_and_ps(x, sign_bit), _mm256_set1_ps(1));
  __m256 rounded = _mm256_add_ps(whole, _mm256_and_ps(up, one));
  rounded = _mm256_min_ps(rounded, _mm256_set1_ps(limit));
  rounded = _mm256_max_ps(rounded, _mm256_set1_ps(-limit));
  return _mm256_cvttps_epi32(_mm256_and_ps(rounded, _mm256_cmp_ps(x, x, _CMP_ORD_Q)));
}

// --- products

using Operand = int16_t;  // activation + offset
using Weight = int8_t;    // widened when they are loaded: twice as many fit into the cache
constexpr int32_t kGroup = 2;

constexpr Operand neutral_operand(int32_t) { return 0; }
constexpr int32_t weight_sum_factor(int32_t) { return 0; }

STAPES_INLINE void make_operands(const int8_t* activations, int32_t count, int32_t offset,
                                 Operand* operands) {
  const Vector wide_offset = _mm256_set1_epi16(static_cast<int16_t>(offset));
  int32_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(activations + i));
    store(operands + i, _mm256_add_epi16(_mm256_cvtepi8_epi16(bytes), wide_offset));
  }
  for (; i < count; ++i) operands[i] = static_cast<int16_t>(activations[i] + offset);
}

STAPES_INLINE Vector broadcast_group(const Operand* at) {
  int32_t group;
  std::memcpy(&group, at, sizeof(group));
  return _mm256_set1_epi32(group);
}
STAPES_INLINE Vector load_packed(const Weight* at) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
}
STAPES_INLINE void store_packed(Weight* at, Vector weights) {
  const Vector bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(weights, weights), 0x08);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(at), _mm256_castsi256_si128(bytes));
}
STAPES_INLINE Vector ones_operand() { return _mm256_set1_epi16(1); }
STAPES_INLINE Vector accumulate(Vector sum, Vector operands, Vector weights) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(operands, weights));
}

STAPES_INLINE void transpose(Vector (&rows)[kLanes]) {
  Vector pairs[kLanes];
  STAPES_UNROLL
  for (int32_t i = 0; i < kLanes; i += 2) {
    pairs[i] = _mm256_unpacklo_epi32(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm256_unpackhi_epi32(rows[i], rows[i + 1]);
  }
  Vector fours[kLanes];
  STAPES_UNROLL
  for (int32_t i = 0; i < kLanes; i += 4) {
    fours[i] = _mm256_unpacklo_epi64(pairs[i], pairs[i + 2]);
    fours[i + 1] = _mm256_unpackhi_epi64(pairs[i], pairs[i + 2]);
    fours[i + 2] = _mm256_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
    fours[i + 3] = _mm256_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
  }
  STAPES_UNROLL
  for (int32_t c = 0; c < 4; ++c) {
    rows[c] = _mm256_permute2x128_si256(fours[c], fours[4 + c], 0x20);
    rows[4 + c] = _mm256_permute2x128_si256(fours[c], fours[4 + c], 0x31);
  }
}

constexpr int32_t kRowWeights = kWords;
STAPES_INLINE Vector load_weights(const int8_t* at, int32_t count) {
  return load_as_words(at, count);
}

// Channel 8 i + 4 j + c of a block is lane 4 i + c of vector j.
constexpr int32_t kInterleaved = 2;

STAPES_INLINE void interleave(const Vector (&taps)[kGroup], Vector (&lanes)[kInterleaved]) {
  lanes[0] = _mm256_unpacklo_epi16(taps[0], taps[1]);
  lanes[1] = _mm256_unpackhi_epi16(taps[0], taps[1]);
}
STAPES_INLINE Vector load_tap_weights(const int8_t* at, int32_t count) {
  return load_weights(at, count);
}
STAPES_INLINE Vector load_tap_operands(const int8_t* at, int32_t count, Vector offset) {
  return _mm256_add_epi16(load_weights(at, count), offset);
}
STAPES_INLINE Vector operand_offset(int32_t offset) {
  return _mm256_set1_epi16(static_cast<int16_t>(offset));
}

STAPES_INLINE Vector load_interleaved(const int32_t* at, int32_t j) {
  const auto* parts = reinterpret_cast<const __m128i*>(at) + j;
  return _mm256_set_m128i(_mm_loadu_si128(parts + 2), _mm_loadu_si128(parts));
}
STAPES_INLINE void store_interleaved(int8_t* at, const Vector (&values)[kInterleaved],
                                     int32_t count, Vector minimum, Vector maximum) {
  const Vector words = _mm256_packs_epi32(values[0], values[1]);
  Vector bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(words, words), 0x08);
  bytes = _mm256_min_epi8(_mm256_max_epi8(bytes, minimum), maximum);
  store_some(at, bytes, count);
}

}  // namespace stapes::x86::avx2
