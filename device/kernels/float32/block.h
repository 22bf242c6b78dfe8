#pragma once
#include <cstdint>

// The inner loop of every product of matrices: up to 16 outputs of several rows at once. Each
// output is one sum in the order of its terms, as if computed alone, so blocking changes no bit;
// the speed comes from outputs that are computed beside each other. Compiles to SIMD registers
// where there are some (GCC and Clang vector extensions) and to plain floats where there are none.
namespace stapes::float32 {

constexpr int32_t kLanes = 4;
constexpr int32_t kBlock = 16;  // outputs, at most

using Lanes = float __attribute__((vector_size(16)));

inline Lanes load(const float* values) {
  Lanes lanes;
  __builtin_memcpy(&lanes, values, sizeof(lanes));
  return lanes;
}

inline void store(const Lanes& lanes, float* values) {
  __builtin_memcpy(values, &lanes, sizeof(lanes));
}

inline float clamp(float value, float minimum, float maximum) {
  const float raised = value < minimum ? minimum : value;
  return raised > maximum ? maximum : raised;
}

// Floats that pack_block() writes for sums of `depth` terms.
constexpr int32_t packed_size(int32_t depth) { return depth * kBlock; }

// Lanes in use for `outputs` outputs, rounded up to whole registers.
constexpr int32_t padded(int32_t outputs) { return (outputs + kLanes - 1) / kLanes * kLanes; }

// weights [outputs, depth] -> packed [depth, padded(outputs)], zeros behind the last output.
// REQUIRES: 1 <= outputs <= kBlock
inline void pack_block(const float* weights, int32_t outputs, int32_t depth, float* packed) {
  const int32_t width = padded(outputs);
  for (int32_t o = 0; o < width; ++o) {
    for (int32_t k = 0; k < depth; ++k) {
      packed[k * width + o] = o < outputs ? weights[o * depth + k] : 0.0F;
    }
  }
}

// sums[r][.] += rows[r][k] * packed[k][.] for k = 0 … depth-1, in this order.
template <int32_t kRows, int32_t kVectors>
inline void accumulate(const float* const (&rows)[kRows], const float* packed, int32_t depth,
                       Lanes (&sums)[kRows][kVectors]) {
  Lanes local[kRows][kVectors];
  for (int32_t r = 0; r < kRows; ++r) {
    for (int32_t v = 0; v < kVectors; ++v) local[r][v] = sums[r][v];
  }
  for (int32_t k = 0; k < depth; ++k) {
    Lanes weights[kVectors];
    for (int32_t v = 0; v < kVectors; ++v) weights[v] = load(packed + (k * kVectors + v) * kLanes);
    for (int32_t r = 0; r < kRows; ++r) {
      for (int32_t v = 0; v < kVectors; ++v) local[r][v] += rows[r][k] * weights[v];
    }
  }
  for (int32_t r = 0; r < kRows; ++r) {
    for (int32_t v = 0; v < kVectors; ++v) sums[r][v] = local[r][v];
  }
}

// output[o] = clamp(sums[o] + bias[o]) for the first `outputs` lanes; `bias` may be null.
template <int32_t kVectors>
inline void finish(const Lanes (&sums)[kVectors], const float* bias, int32_t outputs, float minimum,
                   float maximum, float* output) {
  float values[kVectors * kLanes];
  for (int32_t v = 0; v < kVectors; ++v) store(sums[v], values + v * kLanes);
  for (int32_t o = 0; o < outputs; ++o) {
    output[o] = clamp(bias == nullptr ? values[o] : values[o] + bias[o], minimum, maximum);
  }
}

}  // namespace stapes::float32
