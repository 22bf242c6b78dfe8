#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/depthwise_conv_2d.h"

#include "device/kernels/arm_dsp/requantization.h"
#include "device/kernels/reference/taps.h"

// Four channels at a time, over all output pixels: their weights are widened to int16_t once, and
// doubled, onto the stack. Each tap is then a word of input, two SXTAB16 that also add the input's
// offset, and four SMLA<x><y>.
namespace stapes::arm_dsp {
namespace {

constexpr int32_t kLanes = 4;
constexpr int32_t kTapCapacity = 64;

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
// other. REQUIRES: run.taps >= 1.
[[gnu::noinline]] void add_run(const Run& run, int32_t offsets, int32_t (&sums)[kLanes]) {
  const int8_t* input = run.input;
  const int32_t* weights = run.weights;
  int32_t sum0 = sums[0];
  int32_t sum1 = sums[1];
  int32_t sum2 = sums[2];
  int32_t sum3 = sums[3];
  int32_t even;
  int32_t odd;
  int32_t even_weights;
  int32_t odd_weights;
#define STAPES_TAP                                           \
  "ldr %[odd], [%[input]]\n"                                 \
  "ldrd %[even_weights], %[odd_weights], [%[weights]], #8\n" \
  "add %[input], %[step]\n"                                  \
  "sxtab16 %[even], %[offsets], %[odd]\n"                    \
  "sxtab16 %[odd], %[offsets], %[odd], ror #8\n"             \
  "smlabb %[sum0], %[even], %[even_weights], %[sum0]\n"      \
  "smlatt %[sum2], %[even], %[even_weights], %[sum2]\n"      \
  "smlabb %[sum1], %[odd], %[odd_weights], %[sum1]\n"        \
  "smlatt %[sum3], %[odd], %[odd_weights], %[sum3]\n"
#define STAPES_OPERANDS                                                                            \
  [sum0] "+r"(sum0), [sum1] "+r"(sum1), [sum2] "+r"(sum2), [sum3] "+r"(sum3), [input] "+r"(input), \
      [weights] "+r"(weights), [even] "=&r"(even), [odd] "=&r"(odd),                               \
      [even_weights] "=&r"(even_weights), [odd_weights] "=&r"(odd_weights), [left] "+r"(left)
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

// Weights and requantization of channels [first, first + 4). False when a channel needs more.
bool load_block(const reference::Conv2DParameters& parameters, const int8_t* filter,
                const int32_t* bias, int32_t taps, int32_t first, Block* block) {
  for (int32_t lane = 0; lane < kLanes; ++lane) {
    const int32_t channel = first + lane;
    block->requantization[lane] =
        make_requantization(bias == nullptr ? 0 : bias[channel], parameters.multipliers[channel],
                            parameters.output_offset, taps * 255 * 128);
    if (!block->requantization[lane].is_fast()) return false;
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

// Every output pixel of four channels. `input` and `output` start at the first of them.
void convolve_block(const reference::Conv2DParameters& parameters, const Block& block,
                    const int8_t* input, int8_t* output) {
  const Window2D& window = parameters.window;
  const int32_t channels = window.output_channels;
  const int32_t offsets = both_lanes(parameters.input_offset);
  const ActivationRange range = {parameters.activation_minimum, parameters.activation_maximum};
  const bool is_narrowed = range.is_narrowed();
  const int32_t row_step = window.dilation_height * window.input_width * channels;
  const int32_t column_step = window.dilation_width * channels;
  for (int32_t batch = 0; batch < window.batches; ++batch) {
    for (int32_t y = 0; y < window.output_height; ++y) {
      const int32_t origin_y = y * window.stride_height - window.padding_top;
      const reference::Taps rows = reference::taps_inside(
          origin_y, window.dilation_height, window.filter_height, window.input_height);
      for (int32_t x = 0; x < window.output_width; ++x) {
        const int32_t origin_x = x * window.stride_width - window.padding_left;
        const reference::Taps columns = reference::taps_inside(
            origin_x, window.dilation_width, window.filter_width, window.input_width);
        int32_t sums[kLanes];
        for (int32_t lane = 0; lane < kLanes; ++lane) {
          sums[lane] = block.requantization[lane].doubled_bias;
        }
        const int32_t row_count = rows.last - rows.first;
        const int32_t column_count = columns.last - columns.first;
        if (row_count > 0 && column_count > 0) {
          const int32_t first_y = origin_y + rows.first * window.dilation_height;
          const int32_t first_x = origin_x + columns.first * window.dilation_width;
          const int8_t* pixel =
              input +
              ((batch * window.input_height + first_y) * window.input_width + first_x) * channels;
          const int32_t* weights =
              block.weights + 2 * (rows.first * window.filter_width + columns.first);
          if (window.filter_width == 1) {
            add_run({pixel, row_step, weights, row_count}, offsets, sums);
          } else {
            for (int32_t row = 0; row < row_count; ++row) {
              add_run({pixel, column_step, weights, column_count}, offsets, sums);
              pixel += row_step;
              weights += 2 * window.filter_width;
            }
          }
        }
        for (int32_t lane = 0; lane < kLanes; ++lane) {
          output[lane] =
              clamp_output(requantize(sums[lane], block.requantization[lane]), range, is_narrowed);
        }
        output += channels;
      }
    }
  }
}

}  // namespace

void depthwise_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                       const int8_t* filter, const int32_t* bias, int8_t* output) {
  const Window2D& window = parameters.window;
  const int64_t taps = int64_t{window.filter_height} * window.filter_width;
  int32_t done = 0;
  if (taps <= kTapCapacity && window.depth_multiplier == 1) {
    Block block;
    for (; done + kLanes <= window.output_channels; done += kLanes) {
      if (!load_block(parameters, filter, bias, static_cast<int32_t>(taps), done, &block)) {
        reference::depthwise_conv_2d(parameters, input, filter, bias, output, done, done + kLanes);
        continue;
      }
      convolve_block(parameters, block, input + done, output + done);
    }
  }
  if (done < window.output_channels) {
    reference::depthwise_conv_2d(parameters, input, filter, bias, output, done,
                                 window.output_channels);
  }
}

}  // namespace stapes::arm_dsp
#endif
