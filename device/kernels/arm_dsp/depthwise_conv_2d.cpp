#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/depthwise_conv_2d.h"

#include "device/kernels/arm_dsp/depthwise_pairs.h"
#include "device/kernels/arm_dsp/one_pixel.h"
#include "device/kernels/arm_dsp/requantization.h"
#include "device/kernels/reference/taps.h"

// Four channels at a time, over all output pixels: their weights are widened to int16_t once, and
// doubled, onto the stack. Each tap is then a word of input, two SXTAB16 that also add the input's
// offset, and four SMLA<x><y>.
namespace stapes::arm_dsp {
namespace {

constexpr int32_t kLanes = 4;
constexpr int32_t kTapCapacity = 64;
constexpr int32_t kPositions = 64;  // output pixels between two readings of the weights

struct Block {
  int32_t weights[kTapCapacity * 2];  // of each tap: channels {0, 2} and {1, 3}
  Requantization requantization[kLanes];
};

// The same number of steps between taps in the input as in the weights.
struct Run {
  const int8_t* input;
  int32_t input_step;
  const int32_t* weights;
  int32_t taps;
};

// sums[lane] += (input + offset) * weight over the taps of a run whose weights lie one behind the
// other.
inline void add_run(const Run& run, int32_t offsets, int32_t (&sums)[kLanes]) {
  const int8_t* input = run.input;
  const int32_t* weights = run.weights;
  int32_t sum0 = sums[0];
  int32_t sum1 = sums[1];
  int32_t sum2 = sums[2];
  int32_t sum3 = sums[3];
  int32_t even;
  int32_t odd;
  int32_t word;
#define STAPES_TAP                               \
  "ldr %[odd], [%[input]]\n"                     \
  "ldr %[w], [%[weights]], #4\n"                 \
  "add %[input], %[step]\n"                      \
  "sxtab16 %[even], %[offsets], %[odd]\n"        \
  "sxtab16 %[odd], %[offsets], %[odd], ror #8\n" \
  "smlabb %[sum0], %[even], %[w], %[sum0]\n"     \
  "smlatt %[sum2], %[even], %[w], %[sum2]\n"     \
  "ldr %[w], [%[weights]], #4\n"                 \
  "smlabb %[sum1], %[odd], %[w], %[sum1]\n"      \
  "smlatt %[sum3], %[odd], %[w], %[sum3]\n"
#define STAPES_OPERANDS                                                                     \
  [sum0] "+&r"(sum0), [sum1] "+&r"(sum1), [sum2] "+&r"(sum2), [sum3] "+&r"(sum3),           \
      [input] "+&r"(input), [weights] "+&r"(weights), [even] "=&r"(even), [odd] "=&r"(odd), \
      [w] "=&r"(word), [left] "+&r"(left)
  int32_t left = run.taps;
  if (left >= 3) {
    left -= 3;
    asm volatile("1:\n" STAPES_TAP STAPES_TAP STAPES_TAP
                 "subs %[left], #3\n"
                 "bge 1b\n"
                 : STAPES_OPERANDS
                 : [offsets] "r"(offsets), [step] "r"(run.input_step)
                 : "cc", "memory");
    left += 3;
  }
  if (left > 0) {
    asm volatile("1:\n" STAPES_TAP
                 "subs %[left], #1\n"
                 "bne 1b\n"
                 : STAPES_OPERANDS
                 : [offsets] "r"(offsets), [step] "r"(run.input_step)
                 : "cc", "memory");
  }
#undef STAPES_TAP
#undef STAPES_OPERANDS
  sums[0] = sum0;
  sums[1] = sum1;
  sums[2] = sum2;
  sums[3] = sum3;
}

// Whether the four channels from `first` on can be requantized fast.
bool is_fast(const reference::Conv2DParameters& parameters, const int32_t* bias, int32_t taps,
             int32_t first) {
  for (int32_t channel = first; channel < first + kLanes; ++channel) {
    if (!allows_fast_requantization(bias == nullptr ? 0 : bias[channel],
                                    parameters.multipliers[channel], taps * 255 * 128)) {
      return false;
    }
  }
  return true;
}

// Weights and requantization of these channels. False when they are not fast.
bool load_block(const reference::Conv2DParameters& parameters, const int8_t* filter,
                const int32_t* bias, int32_t taps, int32_t first, Block* block) {
  if (!is_fast(parameters, bias, taps, first)) return false;
  for (int32_t lane = 0; lane < kLanes; ++lane) {
    const int32_t channel = first + lane;
    block->requantization[lane] =
        fast_requantization(bias == nullptr ? 0 : bias[channel], parameters.multipliers[channel],
                            parameters.output_offset);
  }
  filter += first;
  int32_t* weights = block->weights;
  for (int32_t tap = 0; tap < taps; ++tap) {
    const int32_t word = load_word(filter);
    const int32_t even = even_bytes(word);
    const int32_t odd = odd_bytes(word);
    *weights++ = __sadd16(even, even);
    *weights++ = __sadd16(odd, odd);
    filter += parameters.window.output_channels;
  }
  return true;
}

// Where an output pixel's window lies: runs of taps inside the input. The same for all channels.
struct Position {
  int32_t input;    // of the first tap
  int16_t weights;  // of the first tap, in words of Block::weights
  int8_t runs;
  int8_t taps;  // of each run
};

// How taps follow each other. A filter one column wide is one run down its rows.
struct Steps {
  int32_t tap;          // in the input, from one tap of a run to the next
  int32_t run;          // from one run to the next
  int32_t run_weights;  // the same in words of Block::weights
};

Steps steps_of(const Window2D& window) {
  const int32_t row = window.dilation_height * window.input_width * window.input_channels;
  if (window.filter_width == 1) return {row, 0, 0};
  return {window.dilation_width * window.input_channels, row, 2 * window.filter_width};
}

// The positions of output pixels [first, last), in the order of the output.
void find_positions(const Window2D& window, int32_t first, int32_t last, Position* positions) {
  int32_t x = first % window.output_width;
  const int32_t line = first / window.output_width;
  int32_t y = line % window.output_height;
  int32_t batch = line / window.output_height;
  for (int32_t i = first; i < last; ++i) {
    const int32_t origin_y = y * window.stride_height - window.padding_top;
    const int32_t origin_x = x * window.stride_width - window.padding_left;
    const reference::Taps rows = reference::taps_inside(origin_y, window.dilation_height,
                                                        window.filter_height, window.input_height);
    const reference::Taps columns = reference::taps_inside(origin_x, window.dilation_width,
                                                           window.filter_width, window.input_width);
    const int32_t row_count = rows.last - rows.first;
    const int32_t column_count = columns.last - columns.first;
    Position position = {0, 0, 0, 0};
    if (row_count > 0 && column_count > 0) {
      const int32_t first_y = origin_y + rows.first * window.dilation_height;
      const int32_t first_x = origin_x + columns.first * window.dilation_width;
      const bool is_column = window.filter_width == 1;
      position.input = ((batch * window.input_height + first_y) * window.input_width + first_x) *
                       window.input_channels;
      position.weights =
          static_cast<int16_t>(2 * (rows.first * window.filter_width + columns.first));
      position.runs = static_cast<int8_t>(is_column ? 1 : row_count);
      position.taps = static_cast<int8_t>(is_column ? row_count : column_count);
    }
    *positions++ = position;
    if (++x == window.output_width) {
      x = 0;
      if (++y == window.output_height) {
        y = 0;
        ++batch;
      }
    }
  }
}

// Some output pixels of four channels. `input` and `output` start at the first of these channels.
template <bool kIsColumn>
void convolve(const Block& block, const Position* positions, int32_t count, const Steps& steps,
              int32_t offsets, const ActivationRange& range, const int8_t* input,
              int32_t output_step, int8_t* output) {
  const bool is_narrowed = range.is_narrowed();
  for (const Position* end = positions + count; positions != end; ++positions) {
    int32_t sums[kLanes];
    for (int32_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] = block.requantization[lane].doubled_bias;
    }
    const int8_t* from = input + positions->input;
    const int32_t* weights = block.weights + positions->weights;
    if (kIsColumn) {
      add_run({from, steps.tap, weights, positions->taps}, offsets, sums);
    } else {
      for (int32_t run = positions->runs; run > 0; --run) {
        add_run({from, steps.tap, weights, positions->taps}, offsets, sums);
        from += steps.run;
        weights += steps.run_weights;
      }
    }
    for (int32_t lane = 0; lane < kLanes; ++lane) {
      output[lane] =
          clamp_output(requantize(sums[lane], block.requantization[lane]), range, is_narrowed);
    }
    output += output_step;
  }
}

}  // namespace

void depthwise_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                       const int8_t* filter, const int32_t* bias, int8_t* output) {
  if (depthwise_only_pixel(parameters, input, filter, bias, output)) return;
  if (depthwise_conv_2d_by_pairs(parameters, input, filter, bias, output)) return;
  const Window2D& window = parameters.window;
  const int32_t channels = window.output_channels;
  const int64_t taps = int64_t{window.filter_height} * window.filter_width;
  if (taps > kTapCapacity || window.depth_multiplier != 1) {
    reference::depthwise_conv_2d(parameters, input, filter, bias, output);
    return;
  }
  const Steps steps = steps_of(window);
  const int32_t offsets = both_lanes(parameters.input_offset);
  const ActivationRange range = {parameters.activation_minimum, parameters.activation_maximum};
  const bool is_column = window.filter_width == 1;
  const auto convolve_block = is_column ? convolve<true> : convolve<false>;
  const int32_t pixels = window.batches * window.output_height * window.output_width;
  Block block;
  Position positions[kPositions];
  for (int32_t first = 0; first < pixels; first += kPositions) {
    const int32_t last = pixels - first < kPositions ? pixels : first + kPositions;
    find_positions(window, first, last, positions);
    for (int32_t channel = 0; channel + kLanes <= channels; channel += kLanes) {
      if (!load_block(parameters, filter, bias, static_cast<int32_t>(taps), channel, &block)) {
        continue;
      }
      convolve_block(block, positions, last - first, steps, offsets, range, input + channel,
                     channels, output + first * channels + channel);
    }
  }
  for (int32_t channel = 0; channel < channels; channel += kLanes) {
    const int32_t last = channels - channel < kLanes ? channels : channel + kLanes;
    if (last - channel == kLanes &&
        is_fast(parameters, bias, static_cast<int32_t>(taps), channel)) {
      continue;
    }
    reference::depthwise_conv_2d(parameters, input, filter, bias, output, channel, last);
  }
}

}  // namespace stapes::arm_dsp
#endif
