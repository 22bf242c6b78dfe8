// ADD, SUB, SQUARED_DIFFERENCE, MUL. Included once for each level, as products_body.h.
#pragma once
#include "device/kernels/reference/elementwise.h"
#include "device/kernels/x86/requantize_body.h"

namespace stapes::x86::STAPES_LEVEL {

enum class Pairing { kAdd, kSubtract, kSquaredDifference, kMultiply };

// What all elements share, in vectors.
struct Pairs {
  Vector first_offset;
  Vector second_offset;
  Vector output_offset;
  LaneMultiplier first;
  LaneMultiplier second;
  LaneMultiplier output;
  int32_t left_shift;
  bool is_first_half;  // the first multiplier is 1/2
  bool is_second_half;
  bool is_small;  // the inputs' multipliers are below 1, which is what the operators make them
  int32_t minimum;
  int32_t maximum;
};

inline bool is_half(reference::Multiplier multiplier) {
  return multiplier.value == 1 << 30 && multiplier.shift == 0;
}

STAPES_TARGET inline Pairs pairs_of(const reference::ElementwiseParameters& p) {
  return {broadcast(p.first_offset),
          broadcast(p.second_offset),
          broadcast(p.output_offset),
          lane_multiplier(p.first_multiplier),
          lane_multiplier(p.second_multiplier),
          lane_multiplier(p.output_multiplier),
          p.left_shift,
          is_half(p.first_multiplier) && p.left_shift >= 1,
          is_half(p.second_multiplier) && p.left_shift >= 1,
          p.left_shift <= 20 && p.first_multiplier.shift <= 0 && p.second_multiplier.shift <= 0 &&
              p.output_multiplier.shift <= 0,
          p.activation_minimum,
          p.activation_maximum};
}

// An input, at most 255 in size, times 2^left_shift and its multiplier, which is 1/2 for the input
// with the larger scale.
STAPES_INLINE Vector scaled(Vector a, int32_t left_shift, const LaneMultiplier& multiplier,
                            bool is_half, bool is_small) {
  if (is_half) return shift_left(a, left_shift - 1);
  a = shift_left(a, left_shift);
  return is_small ? multiply_small(a, multiplier) : multiply(a, multiplier);
}

template <Pairing kPairing>
STAPES_INLINE Vector pair(const Pairs& p, Vector first, Vector second) {
  Vector a = add(first, p.first_offset);
  Vector b = add(second, p.second_offset);
  if constexpr (kPairing == Pairing::kMultiply) {
    const Vector product = multiply_low(a, b);
    return add(p.output.left == 0 ? multiply_small(product, p.output) : multiply(product, p.output),
               p.output_offset);
  }
  a = scaled(a, p.left_shift, p.first, p.is_first_half, p.is_small);
  b = scaled(b, p.left_shift, p.second, p.is_second_half, p.is_small);
  if constexpr (kPairing == Pairing::kSquaredDifference) {
    const Vector difference = subtract(a, b);
    return add(multiply(multiply_low(difference, difference), p.output), p.output_offset);
  }
  // Both are at most 2^28 in size.
  const Vector sum = kPairing == Pairing::kAdd ? add(a, b) : subtract(a, b);
  return add(p.is_small ? multiply_small(sum, p.output) : multiply(sum, p.output), p.output_offset);
}

// `count` elements of a line of the output; a step is 0 or 1.
template <Pairing kPairing>
STAPES_INLINE void pair_some(const Pairs& p, const int8_t* first, int32_t first_step,
                             const int8_t* second, int32_t second_step, int32_t count,
                             int8_t* output) {
  const Vector a = first_step == 0 ? broadcast(first[0]) : load_bytes(first, count);
  const Vector b = second_step == 0 ? broadcast(second[0]) : load_bytes(second, count);
  store_bytes(output, pair<kPairing>(p, a, b), count, p.minimum, p.maximum);
}

// Whole vectors first, for which the compiler needs no masks.
template <Pairing kPairing>
STAPES_TARGET void pair_line(const Pairs& p, const int8_t* first, int32_t first_step,
                             const int8_t* second, int32_t second_step, int32_t length,
                             int8_t* output) {
  int32_t i = 0;
  for (; i + kLanes <= length; i += kLanes) {
    pair_some<kPairing>(p, first + i * first_step, first_step, second + i * second_step,
                        second_step, kLanes, output + i);
  }
  if (i < length) {
    pair_some<kPairing>(p, first + i * first_step, first_step, second + i * second_step,
                        second_step, length - i, output + i);
  }
}

inline bool has_unit_steps(const Broadcast& broadcast) {
  const int32_t inner = broadcast.axes - 1;
  return (broadcast.first_stride[inner] == 0 || broadcast.first_stride[inner] == 1) &&
         (broadcast.second_stride[inner] == 0 || broadcast.second_stride[inner] == 1);
}

// REQUIRES: has_unit_steps(p.broadcast)
template <Pairing kPairing>
STAPES_TARGET void pair_all(const reference::ElementwiseParameters& p, const int8_t* first,
                            const int8_t* second, int8_t* output) {
  const Broadcast& broadcast = p.broadcast;
  const Pairs pairs = pairs_of(p);
  const int32_t inner = broadcast.axes - 1;
  const int32_t length = broadcast.extent[inner];
  int32_t position[kMaximumAxes] = {};
  while (true) {
    int32_t i = 0;
    int32_t j = 0;
    for (int32_t axis = 0; axis < inner; ++axis) {
      i += position[axis] * broadcast.first_stride[axis];
      j += position[axis] * broadcast.second_stride[axis];
    }
    pair_line<kPairing>(pairs, first + i, broadcast.first_stride[inner], second + j,
                        broadcast.second_stride[inner], length, output);
    output += length;
    int32_t axis = inner - 1;
    for (; axis >= 0 && ++position[axis] == broadcast.extent[axis]; --axis) position[axis] = 0;
    if (axis < 0) return;
  }
}

void add(const reference::ElementwiseParameters& parameters, const int8_t* first,
         const int8_t* second, int8_t* output) {
  if (!has_unit_steps(parameters.broadcast)) {
    reference::add(parameters, first, second, output);
  } else {
    pair_all<Pairing::kAdd>(parameters, first, second, output);
  }
}

void subtract(const reference::ElementwiseParameters& parameters, const int8_t* first,
              const int8_t* second, int8_t* output) {
  if (!has_unit_steps(parameters.broadcast)) {
    reference::subtract(parameters, first, second, output);
  } else {
    pair_all<Pairing::kSubtract>(parameters, first, second, output);
  }
}

void squared_difference(const reference::ElementwiseParameters& parameters, const int8_t* first,
                        const int8_t* second, int8_t* output) {
  if (!has_unit_steps(parameters.broadcast)) {
    reference::squared_difference(parameters, first, second, output);
  } else {
    pair_all<Pairing::kSquaredDifference>(parameters, first, second, output);
  }
}

void multiply_elements(const reference::ElementwiseParameters& parameters, const int8_t* first,
                       const int8_t* second, int8_t* output) {
  if (!has_unit_steps(parameters.broadcast)) {
    reference::multiply_elements(parameters, first, second, output);
  } else {
    pair_all<Pairing::kMultiply>(parameters, first, second, output);
  }
}

}  // namespace stapes::x86::STAPES_LEVEL
