// From sums in int32_t to outputs in int8_t. Included once for each level, as products_body.h.
#pragma once
#include "device/kernels/x86/blocks.h"

namespace stapes::x86::STAPES_LEVEL {

constexpr int32_t kChannelsOfBlock = (kLanes == 16 ? 4 : 2) * kLanes;

// Per channel, what follows the accumulation: with x = (2 sum * multiplier + 2^31) >> 32,
//
//   output = (x + (x >> 31) + rounding) >> shift
//
// is output_offset + reference::multiply(sum, multiplier), provided that |sum| < 2^30 and
// 1 <= shift <= 22. `rounding` is 2^(shift - 1) + output_offset * 2^shift. The sum's sign may stand
// for that of x: they differ where a negative sum gives x = 0, and 0 or -1 beside the rounding give
// the same output. `rounding` may then be added before 32 bits are dropped (requantize()).
struct ChannelBlock {
  alignas(kLineBytes) int32_t bias[kChannelsOfBlock];
  alignas(kLineBytes) int32_t multiplier[kChannelsOfBlock];
  alignas(kLineBytes) int32_t rounding[kChannelsOfBlock];
  alignas(kLineBytes) int32_t shift[kChannelsOfBlock];
  bool is_fast;  // the conditions hold for all channels; otherwise only `bias` is set
};

// Fills `vectors` vectors of a block. `bias` (may be null), `multipliers`: of its first channel.
// sum_limit: no sum of products is larger. What is added to the bias is `weight_sums` times
// `weight_sum_factor`.
STAPES_TARGET inline void fill_channels(const int32_t* bias,
                                        const reference::Multiplier* multipliers, int32_t channels,
                                        int32_t vectors, int32_t output_offset, int32_t sum_limit,
                                        const int32_t* weight_sums, int32_t weight_sum_factor,
                                        ChannelBlock* block) {
  const Vector one = broadcast(1);
  const Vector bias_limit = broadcast((1 << 30) - 1 - sum_limit);
  const Vector doubled_offset = broadcast(2 * output_offset + 1);
  Vector faults = zero();
  for (int32_t v = 0; v < vectors; ++v) {
    const int32_t first = v * kLanes;
    const int32_t left = channels - first;
    const int32_t count = left <= 0 ? 0 : left < kLanes ? left : kLanes;
    Vector multiplier;
    Vector shift;
    load_multipliers(multipliers + first, count, &multiplier, &shift);
    shift = subtract(zero(), shift);
    const Vector own = bias == nullptr || count == 0 ? zero() : load_ints(bias + first, count);
    const Vector fault =
        select_greater(shift, broadcast(22), one, select_greater(one, shift, one, zero()));
    const Vector is_large = select_greater(
        own, bias_limit, one, select_greater(subtract(zero(), bias_limit), own, one, zero()));
    faults = bitwise_or(faults, bitwise_or(first_lanes(fault, count), is_large));
    store(block->bias + first,
          add(own, multiply_low(load(weight_sums + first), broadcast(weight_sum_factor))));
    store(block->multiplier + first, multiplier);
    store(block->shift + first, shift);
    store(block->rounding + first,
          multiply_low(shift_left_each(one, subtract(shift, one)), doubled_offset));
  }
  block->is_fast = sum_limit < 1 << 30 && !any_nonzero(faults);
}

// What requantize() takes, of one vector of channels.
struct Requantization {
  Vector multiplier;
  Vector odd_multiplier;
  Vector even_addend;
  Vector odd_addend;
  Vector shift;
};
STAPES_INLINE Requantization requantization(Vector multiplier, Vector rounding, Vector shift) {
  return {multiplier, odd_lanes(multiplier), even_addend(rounding), odd_addend(rounding), shift};
}

// See ChannelBlock, whose conditions have to hold.
STAPES_INLINE Vector requantize(Vector sums, const Requantization& r) {
  const Vector x =
      high_product_plus(sums, r.multiplier, r.odd_multiplier, r.even_addend, r.odd_addend);
  return shift_right_each(add(x, sign(sums)), r.shift);
}

// REQUIRES: block.is_fast
template <int32_t kVectors>
STAPES_TARGET void requantize_fast(const int32_t* sums, int32_t rows, const ChannelBlock& block,
                                   int32_t channels, int32_t minimum_of_output,
                                   int32_t maximum_of_output, int8_t* output, int32_t output_step) {
  const Vector lowest = broadcast_byte(minimum_of_output);
  const Vector highest = broadcast_byte(maximum_of_output);
  Requantization constants[kVectors];
  STAPES_UNROLL
  for (int32_t v = 0; v < kVectors; ++v) {
    constants[v] =
        requantization(load(block.multiplier + v * kLanes), load(block.rounding + v * kLanes),
                       load(block.shift + v * kLanes));
  }
  for (int32_t row = 0; row < rows; ++row) {
    Vector values[kVectors];
    STAPES_UNROLL
    for (int32_t v = 0; v < kVectors; ++v) {
      values[v] = requantize(load(sums + v * kLanes), constants[v]);
    }
    store_vectors<kVectors>(output, values, channels, lowest, highest);
    sums += kVectors * kLanes;
    output += output_step;
  }
}

// The reference's way. `output_offset` is the output's zero point.
inline void requantize_slowly(const int32_t* sums, int32_t rows, int32_t sums_step,
                              const reference::Multiplier* multipliers, int32_t channels,
                              int32_t output_offset, int32_t minimum_of_output,
                              int32_t maximum_of_output, int8_t* output, int32_t output_step) {
  for (int32_t row = 0; row < rows; ++row) {
    for (int32_t c = 0; c < channels; ++c) {
      const int32_t value = reference::wrapping_add(
          reference::multiply(sums[row * sums_step + c], multipliers[c]), output_offset);
      output[row * output_step + c] =
          static_cast<int8_t>(reference::clamp(value, minimum_of_output, maximum_of_output));
    }
  }
}

// reference::multiply() of every lane with one multiplier.
struct LaneMultiplier {
  Vector value;
  Vector odd;
  int32_t left;
  int32_t right;
};

STAPES_TARGET inline LaneMultiplier lane_multiplier(reference::Multiplier multiplier) {
  const Vector value = broadcast(multiplier.value);
  return {value, value, multiplier.shift > 0 ? multiplier.shift : 0,
          multiplier.shift > 0 ? 0 : -multiplier.shift};
}

// round(x / 2^bits), ties away from zero: floor((y + 2^(bits - 1)) / 2^bits) with y = x - (x < 0),
// in two steps that cannot overflow, because a doubling high product lies in [-2^31 + 1, 2^31 - 2].
STAPES_INLINE Vector rounding_shift(Vector x, int32_t bits) {
  if (bits == 0) return x;
  const Vector y = shift_right(add(x, sign(x)), bits - 1);
  return shift_right(add(y, broadcast(1)), 1);
}

STAPES_INLINE Vector multiply(Vector a, const LaneMultiplier& multiplier) {
  if (multiplier.left > 0) a = shift_left(a, multiplier.left);
  return rounding_shift(doubling_high_product(a, multiplier.value, multiplier.odd),
                        multiplier.right);
}

// REQUIRES: |a| < 2^30 and multiplier.left == 0
STAPES_INLINE Vector multiply_small(Vector a, const LaneMultiplier& multiplier) {
  return rounding_shift(doubling_high_product_small(a, multiplier.value, multiplier.odd),
                        multiplier.right);
}

}  // namespace stapes::x86::STAPES_LEVEL
