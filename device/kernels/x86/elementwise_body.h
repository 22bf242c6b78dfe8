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

// The same with everything chosen in advance.
template <Pairing kPairing>
struct AnyScales {
  const Pairs& pairs;
  STAPES_INLINE Vector operator()(Vector first, Vector second) const {
    return pair<kPairing>(pairs, first, second);
  }
};

// An input of ADD or SUB with the scales that the operators make: (v << 20) times a multiplier of
// 1/2, or of less. With v = input + offset, |v| <= 255, and the multiplier's value m = 2^11 high +
// low, 0 <= low < 2^11, the doubling high product is
//
//   x = (v * 2^20 * m + 2^30) >> 31 = v * high + ((v * low + 2^10) >> 11)
//
// |x| <= 2^28. The second rounding is that of ChannelBlock, with the sign of v for that of x.
constexpr int32_t kInputShift = 20;

struct InputScale {
  Vector offset;
  Vector high;
  Vector low;
  Vector rounding;
  Vector shift;
};

STAPES_TARGET inline InputScale input_scale(int32_t offset, reference::Multiplier multiplier) {
  return {broadcast(offset), broadcast(multiplier.value >> 11), broadcast(multiplier.value & 0x7FF),
          broadcast(multiplier.shift < 0 ? 1 << (-multiplier.shift - 1) : 0),
          broadcast(-multiplier.shift)};
}

template <bool kIsHalf>
STAPES_INLINE Vector scale_input(Vector input, const InputScale& scale) {
  const Vector v = add(input, scale.offset);
  if constexpr (kIsHalf) return shift_left(v, kInputShift - 1);
  const Vector low = shift_right(add(multiply_words(v, scale.low), broadcast(1 << 10)), 11);
  const Vector x = add(multiply_low(v, scale.high), low);
  return shift_right_each(add(add(x, sign(v)), scale.rounding), scale.shift);
}

template <Pairing kPairing, bool kIsFirstHalf, bool kIsSecondHalf>
struct UsualScales {
  InputScale first;
  InputScale second;
  Requantization output;
  STAPES_INLINE Vector operator()(Vector a, Vector b) const {
    const Vector left = scale_input<kIsFirstHalf>(a, first);
    const Vector right = scale_input<kIsSecondHalf>(b, second);
    return requantize(kPairing == Pairing::kAdd ? add(left, right) : subtract(left, right), output);
  }
};

inline bool is_usual(const reference::ElementwiseParameters& p) {
  const auto is_usual_input = [](reference::Multiplier m) {
    return is_half(m) || (m.shift <= -1 && m.shift >= -29);
  };
  return p.left_shift == kInputShift && is_usual_input(p.first_multiplier) &&
         is_usual_input(p.second_multiplier) &&
         (is_half(p.first_multiplier) || is_half(p.second_multiplier)) &&
         p.output_multiplier.shift <= -1 && p.output_multiplier.shift >= -22;
}

// `count` elements of a line of the output; a step is 0 or 1.
template <typename Arithmetic>
STAPES_INLINE void pair_some(const Arithmetic& arithmetic, const Pairs& p, const int8_t* first,
                             int32_t first_step, const int8_t* second, int32_t second_step,
                             int32_t count, int8_t* output) {
  const Vector a = first_step == 0 ? broadcast(first[0]) : load_bytes(first, count);
  const Vector b = second_step == 0 ? broadcast(second[0]) : load_bytes(second, count);
  store_bytes(output, arithmetic(a, b), count, p.minimum, p.maximum);
}

// Whole vectors first, for which the compiler needs no masks.
template <typename Arithmetic>
STAPES_INLINE void pair_line(const Arithmetic& arithmetic, const Pairs& p, const int8_t* first,
                             int32_t first_step, const int8_t* second, int32_t second_step,
                             int32_t length, int8_t* output) {
  int32_t i = 0;
  if (first_step == 1 && second_step == 1) {
    for (; i + kLanes <= length; i += kLanes) {
      pair_some(arithmetic, p, first + i, 1, second + i, 1, kLanes, output + i);
    }
  }
  for (; i + kLanes <= length; i += kLanes) {
    pair_some(arithmetic, p, first + i * first_step, first_step, second + i * second_step,
              second_step, kLanes, output + i);
  }
  if (i < length) {
    pair_some(arithmetic, p, first + i * first_step, first_step, second + i * second_step,
              second_step, length - i, output + i);
  }
}

inline bool has_unit_steps(const Broadcast& broadcast) {
  const int32_t inner = broadcast.axes - 1;
  return (broadcast.first_stride[inner] == 0 || broadcast.first_stride[inner] == 1) &&
         (broadcast.second_stride[inner] == 0 || broadcast.second_stride[inner] == 1);
}

// REQUIRES: has_unit_steps(p.broadcast)
template <typename Arithmetic>
STAPES_TARGET void pair_lines(const Arithmetic& arithmetic, const Pairs& pairs,
                              const Broadcast& broadcast, const int8_t* first, const int8_t* second,
                              int8_t* output) {
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
    pair_line(arithmetic, pairs, first + i, broadcast.first_stride[inner], second + j,
              broadcast.second_stride[inner], length, output);
    output += length;
    int32_t axis = inner - 1;
    for (; axis >= 0 && ++position[axis] == broadcast.extent[axis]; --axis) position[axis] = 0;
    if (axis < 0) return;
  }
}

template <Pairing kPairing>
STAPES_TARGET void pair_all(const reference::ElementwiseParameters& p, const int8_t* first,
                            const int8_t* second, int8_t* output) {
  const Pairs pairs = pairs_of(p);
  if constexpr (kPairing == Pairing::kAdd || kPairing == Pairing::kSubtract) {
    if (is_usual(p)) {
      const InputScale a = input_scale(p.first_offset, p.first_multiplier);
      const InputScale b = input_scale(p.second_offset, p.second_multiplier);
      const int32_t shift = -p.output_multiplier.shift;
      const Requantization out = requantization(
          broadcast(p.output_multiplier.value),
          broadcast((1 << (shift - 1)) + p.output_offset * (1 << shift)), broadcast(shift));
      if (!is_half(p.first_multiplier)) {
        pair_lines(UsualScales<kPairing, false, true>{a, b, out}, pairs, p.broadcast, first, second,
                   output);
      } else if (!is_half(p.second_multiplier)) {
        pair_lines(UsualScales<kPairing, true, false>{a, b, out}, pairs, p.broadcast, first, second,
                   output);
      } else {
        pair_lines(UsualScales<kPairing, true, true>{a, b, out}, pairs, p.broadcast, first, second,
                   output);
      }
      return;
    }
  }
  pair_lines(AnyScales<kPairing>{pairs}, pairs, p.broadcast, first, second, output);
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
