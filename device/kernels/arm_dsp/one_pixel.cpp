#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/one_pixel.h"

#include "device/kernels/arm_dsp/dot_product.h"
#include "device/kernels/arm_dsp/requantization.h"

namespace stapes::arm_dsp {
namespace {

// Out of the loops, which have no registers for it.
__attribute__((noinline)) int32_t requantize_exactly(int32_t sum, int32_t multiplier, int32_t shift,
                                                     int32_t zero_point) {
  return reference::wrapping_add(reference::multiply(sum, {multiplier, shift}), zero_point);
}

// What follows the sums. Copies of the parameters, which writing bytes can't change.
struct Ending {
  const reference::Multiplier* multiplier;  // of the next channel
  const int32_t* bias;                      // likewise; null: none
  int32_t zero_point;
  ActivationRange range;
  bool is_narrowed;

  Ending(const reference::Conv2DParameters& parameters, const int32_t* biases)
      : multiplier(parameters.multipliers),
        bias(biases),
        zero_point(parameters.output_offset),
        range{parameters.activation_minimum, parameters.activation_maximum},
        is_narrowed(range.is_narrowed()) {}

  // multiply(sum + bias, multiplier) + zero_point of the next channel, fast where the identities of
  // requantization.h hold.
  int8_t next(int32_t sum) {
    if (bias != nullptr) sum = reference::wrapping_add(sum, *bias++);
    const int32_t factor = multiplier->value;
    const int32_t shift = multiplier->shift;
    ++multiplier;
    const bool is_small = static_cast<uint32_t>(sum) + (1U << 30) < (1U << 31);
    if (!is_small || static_cast<uint32_t>(-shift - 1) >= static_cast<uint32_t>(kLargestShift)) {
      return clamp_output(requantize_exactly(sum, factor, shift, zero_point), range, is_narrowed);
    }
    const int32_t x = multiply_high_rounded(2 * sum, factor);
    const int32_t value = ((x + (x >> 31) + (1 << (-shift - 1))) >> -shift) + zero_point;
    return clamp_output(value, range, is_narrowed);
  }
};

struct Sums {
  int32_t lanes[4];
};

// Of four channels: the sums of (input + offset) * weight over the taps of a window. Both steps are
// in bytes, from a tap to the next in a row, and from the end of a row to the next one.
inline Sums add_taps(const Window2D& window, const int8_t* input, int32_t offsets,
                     const int8_t* weights) {
  const int32_t channels = window.input_channels;
  const int32_t column_step = window.dilation_width * channels;
  const int32_t row_step = window.dilation_height * window.input_width * channels;
  int32_t sum0 = 0;
  int32_t sum1 = 0;
  int32_t sum2 = 0;
  int32_t sum3 = 0;
  for (int32_t row = 0; row < window.filter_height; ++row) {
    const int8_t* from = input;
    for (int32_t column = window.filter_width; column > 0; --column) {
      const int32_t values = load_word(from);
      const int32_t word = load_word(weights);
      const int32_t even = even_bytes_plus(offsets, values);
      const int32_t odd = odd_bytes_plus(offsets, values);
      const int32_t even_weights = even_bytes(word);
      const int32_t odd_weights = odd_bytes(word);
      sum0 = __smlabb(even, even_weights, sum0);
      sum2 = __smlatt(even, even_weights, sum2);
      sum1 = __smlabb(odd, odd_weights, sum1);
      sum3 = __smlatt(odd, odd_weights, sum3);
      from += column_step;
      weights += channels;
    }
    input += row_step;
  }
  return {{sum0, sum1, sum2, sum3}};
}

}  // namespace

void convolve_only_pixel(const reference::Conv2DParameters& parameters, int32_t size,
                         const int8_t* values, const int8_t* filter, const int32_t* bias,
                         int8_t* output) {
  Ending ending(parameters, bias);
  for_each_dot_product(values, parameters.input_offset, filter, parameters.window.output_channels,
                       size, [&](int32_t, int32_t sum) { *output++ = ending.next(sum); });
}

bool depthwise_only_pixel(const reference::Conv2DParameters& parameters, const int8_t* input,
                          const int8_t* filter, const int32_t* bias, int8_t* output) {
  const Window2D& window = parameters.window;
  const bool is_inside =
      window.padding_top == 0 && window.padding_left == 0 &&
      (window.filter_height - 1) * window.dilation_height < window.input_height &&
      (window.filter_width - 1) * window.dilation_width < window.input_width;
  if (window.batches * window.output_height * window.output_width != 1 || !is_inside ||
      window.depth_multiplier != 1 || window.output_channels % 4 != 0) {
    return false;
  }
  const Window2D copy = window;
  const int32_t offsets = both_lanes(parameters.input_offset);
  Ending ending(parameters, bias);
  for (int32_t first = 0; first < copy.output_channels; first += 4) {
    const Sums sums = add_taps(copy, input + first, offsets, filter + first);
    for (const int32_t sum : sums.lanes) *output++ = ending.next(sum);
  }
  return true;
}

}  // namespace stapes::arm_dsp
#endif
