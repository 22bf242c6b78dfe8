#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/depthwise_pairs.h"

#include "device/kernels/arm_dsp/depthwise_conv_2d.h"
#include "device/kernels/arm_dsp/depthwise_run.h"
#include "device/kernels/arm_dsp/requantization.h"
#include "device/kernels/arm_dsp/tap_pairs.h"

// Four channels at a time. Their rows, with the padding as zeros and the input's offset added, are
// turned so that a word holds two neighbouring columns of one channel; a row of the filter is then
// a row of words with two taps each, and one SMLAD does both. A window that begins on an odd column
// reads the same words as its left neighbour, with weights that are one tap further on. A filter
// one column wide over an image one column wide is one row.
namespace stapes::arm_dsp {
namespace {

constexpr int32_t kLanes = TapPairs::kLanes;
constexpr int32_t kPairCapacity = TapPairs::kPairCapacity;
constexpr int32_t kWeightCapacity = TapPairs::kWeightCapacity;

// The filter in pairs, beginning at an even and at an odd column.
struct Weights {
  int32_t pairs[kLanes][2][kWeightCapacity];
};

struct Rows {
  int32_t pairs[kLanes][kPairCapacity];
};

// {low half of a, low half of b} and {high half of a, high half of b}.
inline int32_t low_halves(int32_t a, int32_t b) {
  int32_t result;
  asm("pkhbt %0, %1, %2, lsl #16" : "=r"(result) : "r"(a), "r"(b));
  return result;
}
inline int32_t high_halves(int32_t a, int32_t b) {
  int32_t result;
  asm("pkhtb %0, %1, %2, asr #16" : "=r"(result) : "r"(b), "r"(a));
  return result;
}

// Two columns of four channels, widened, as a pair of each channel.
inline void store_pairs(int32_t first, int32_t second, int32_t offsets, int32_t lane_step,
                        int32_t* pairs) {
  const int32_t even_first = even_bytes_plus(offsets, first);
  const int32_t even_second = even_bytes_plus(offsets, second);
  const int32_t odd_first = odd_bytes_plus(offsets, first);
  const int32_t odd_second = odd_bytes_plus(offsets, second);
  pairs[0] = low_halves(even_first, even_second);
  pairs[lane_step] = low_halves(odd_first, odd_second);
  pairs[2 * lane_step] = high_halves(even_first, even_second);
  pairs[3 * lane_step] = high_halves(odd_first, odd_second);
}

inline void store_zeros(int32_t* pairs) {
  for (int32_t lane = 0; lane < kLanes; ++lane) pairs[lane * kPairCapacity] = 0;
}

// A row of the image; `input` points to its first column, `padding` is a word of zero points.
void turn_row(const TapPairs& layout, const int8_t* input, int32_t offsets, int32_t padding,
              int32_t* pairs) {
  const Window2D& window = layout.window;
  const int32_t step = window.input_channels;
  int32_t* const end = pairs + layout.row_pairs;
  int32_t left = window.input_width;  // columns
  for (int32_t x = window.padding_left; x >= 2 && pairs != end; x -= 2) store_zeros(pairs++);
  if ((window.padding_left & 1) != 0 && pairs != end) {
    store_pairs(padding, load_word(input), offsets, kPairCapacity, pairs++);
    input += step;
    --left;
  }
  for (; left >= 2 && pairs != end; left -= 2) {
    store_pairs(load_word(input), load_word(input + step), offsets, kPairCapacity, pairs++);
    input += 2 * step;
  }
  if (left == 1 && pairs != end) {
    store_pairs(load_word(input), padding, offsets, kPairCapacity, pairs++);
  }
  while (pairs != end) store_zeros(pairs++);
}

// Rows [first, first + count) of the image with its padding.
inline void turn_rows(const TapPairs& layout, const int8_t* input, int32_t offset, int32_t first,
                      int32_t count, Rows* rows) {
  const Window2D& window = layout.window;
  const int32_t offsets = both_lanes(offset);
  const auto padding = static_cast<int32_t>(0x01010101U * static_cast<uint8_t>(-offset));
  for (int32_t i = 0; i < count; ++i) {
    const int32_t y = first + i - window.padding_top;
    int32_t* pairs = &rows->pairs[0][i * layout.row_pairs];
    if (y >= 0 && y < window.input_height) {
      turn_row(layout, input + y * window.input_width * window.input_channels, offsets, padding,
               pairs);
    } else {
      for (int32_t pair = 0; pair < layout.row_pairs; ++pair) store_zeros(pairs++);
    }
  }
}

// Two taps of one channel, doubled, for both parities (requantization.h); `before` are the two
// before them.
inline void store_weights(int32_t taps, uint32_t* before, int32_t* pairs) {
  const int32_t even = __sadd16(taps, taps);
  const auto now = static_cast<uint32_t>(even);
  pairs[0] = even;
  pairs[kWeightCapacity] = static_cast<int32_t>((now << 16) | (*before >> 16));
  *before = now;
}

// The filter of four channels whose weights of the same tap lie one behind the other.
inline void turn_taps(const TapPairs& layout, const int8_t* filter, Weights* weights) {
  const Window2D& window = layout.window;
  const int32_t step = window.output_channels;
  constexpr int32_t kLaneStep = 2 * kWeightCapacity;
  int32_t* pairs = &weights->pairs[0][0][0];
  for (int32_t row = 0; row < window.filter_height; ++row) {
    uint32_t before[kLanes] = {};
    int32_t left = window.filter_width;
    for (int32_t pair = 0; pair < layout.filter_pairs; ++pair) {
      const int32_t first = left > 0 ? load_word(filter) : 0;
      const int32_t second = left > 1 ? load_word(filter + step) : 0;
      filter += (left < 2 ? left : 2) * step;
      left -= left < 2 ? left : 2;
      int32_t taps[kLanes];
      store_pairs(first, second, 0, 1, taps);
#pragma GCC unroll 4
      for (int32_t lane = 0; lane < kLanes; ++lane) {
        store_weights(taps[lane], &before[lane], pairs + lane * kLaneStep);
      }
      ++pairs;
    }
  }
}

// The last taps of a row, up to three: a pair, or two. Some pair must end the row for the odd
// parity.
inline int32_t* turn_rest(const int8_t* filter, int32_t count, uint32_t before, int32_t* pairs) {
  const int32_t word = load_part(filter, count);
  const int32_t even = even_bytes(word);
  const int32_t odd = odd_bytes(word);
  store_weights(low_halves(even, odd), &before, pairs++);
  if (count >= 2) store_weights(high_halves(even, odd), &before, pairs++);
  return pairs;
}

// A row of `width` taps of one channel that lie one behind the other; the end of its pairs.
inline int32_t* turn_row_of_taps(const int8_t* filter, int32_t width, int32_t* pairs) {
  uint32_t before = 0;
#pragma GCC unroll 2
  for (int32_t group = 0; group < width / 4; ++group) {
    const int32_t word = load_word(filter + 4 * group);
    const int32_t even = even_bytes(word);
    const int32_t odd = odd_bytes(word);
    store_weights(low_halves(even, odd), &before, pairs++);
    store_weights(high_halves(even, odd), &before, pairs++);
  }
  return turn_rest(filter + width / 4 * 4, width % 4, before, pairs);
}

inline void turn_rows_of_taps(const int8_t* filter, int32_t rows, int32_t width, int32_t* pairs) {
  for (const int8_t* end = filter + rows * width; filter != end; filter += width) {
    pairs = turn_row_of_taps(filter, width, pairs);
  }
}

// The same as turn_taps() where each channel's taps lie one behind the other.
inline void turn_channels(const TapPairs& layout, const int8_t* filter, Weights* weights) {
  const int32_t rows = layout.window.filter_height;
  const int32_t width = layout.window.filter_width;
  for (int32_t lane = 0; lane < kLanes; ++lane, filter += rows * width) {
    int32_t* pairs = weights->pairs[lane][0];
    if (rows == 1 && width == 9) {  // the shapes of TENet and DS-CNN, without loops
      turn_rows_of_taps(filter, 1, 9, pairs);
    } else if (rows == 3 && width == 3) {
      turn_rows_of_taps(filter, 3, 3, pairs);
    } else {
      turn_rows_of_taps(filter, rows, width, pairs);
    }
  }
}

// What is best for a filter's shape.
struct Filter {
  bool is_row;
  void (*convolve)(const DepthwiseRun& run);
};

Filter filter_for(const TapPairs& layout) {
  const Window2D& window = layout.window;
  if (window.filter_height == 1 && layout.filter_pairs == 5 && window.stride_width <= 2) {
    return {true, convolve_five_pairs};
  }
  if (window.filter_height == 3 && layout.filter_pairs == 2) return {false, convolve_three_rows};
  return {window.filter_height == 1, convolve_any_pairs};
}

// `rows` output rows of one channel.
inline void convolve_lane(const Filter& filter, const TapPairs& layout, const int32_t* pairs,
                          const int32_t (&weights)[2][kWeightCapacity], int32_t rows,
                          const Requantization& requantization, int8_t* output) {
  const Window2D& window = layout.window;
  constexpr int32_t kBytes = sizeof(int32_t);
  DepthwiseRun run;
  run.doubled_bias = requantization.doubled_bias;
  run.multiplier = requantization.multiplier;
  run.rounding = requantization.rounding;
  run.shift = requantization.shift;
  run.row_bytes = layout.row_pairs * kBytes;
  run.filter_height = window.filter_height;
  run.filter_pairs = layout.filter_pairs;
  if (!filter.is_row && rows > window.output_width / 2) {  // down the columns, which are longer
    run.pair_step = window.stride_height * layout.row_pairs;
    run.output_step = window.output_width * window.output_channels;
    run.next_bytes = (window.stride_height - window.filter_height + 1) * run.row_bytes;
    for (int32_t x = 0; x < window.output_width; ++x) {
      const int32_t first = x * window.stride_width;
      run.pairs = pairs + (first >> 1);
      run.last = run.pairs + (rows - 1) * run.pair_step;
      run.weights = weights[first & 1];
      run.output = output;
      filter.convolve(run);
      output += window.output_channels;
    }
    return;
  }
  run.pair_step = layout.pair_step;
  run.output_step = layout.parities * window.output_channels;
  run.next_bytes = layout.pair_step * kBytes - (window.filter_height - 1) * run.row_bytes;
  for (int32_t y = 0; y < rows; ++y) {
    run.pairs = pairs;
    run.last = pairs + (layout.pixels[0] - 1) * layout.pair_step;
    run.weights = weights[0];
    run.output = output;
    filter.convolve(run);
    if (layout.pixels[1] > 0) {
      run.pairs = pairs + (window.stride_width >> 1);
      run.last = run.pairs + (layout.pixels[1] - 1) * layout.pair_step;
      run.weights = weights[1];
      run.output = output + window.output_channels;
      filter.convolve(run);
    }
    pairs += window.stride_height * layout.row_pairs;
    output += window.output_width * window.output_channels;
  }
}

// The order of a filter's elements.
enum class Order { kByTap, kByChannel };

void convolve_all(const reference::Conv2DParameters& parameters, const TapPairs& layout,
                  const int8_t* input, const int8_t* filter, Order order, const int32_t* bias,
                  int8_t* output) {
  const Window2D& window = layout.window;
  const int32_t taps = window.filter_height * window.filter_width;
  const int32_t channels = window.output_channels;
  const int32_t image = window.input_height * window.input_width * channels;
  const int32_t row = window.output_width * channels;
  const Filter shape = filter_for(layout);
  Weights weights;
  Rows rows;
  for (int32_t first = 0; first < channels; first += kLanes) {
    // One to three channels at the end are four of which the first are computed once more.
    const int32_t channel = first + kLanes <= channels ? first : channels - kLanes;
    if (order == Order::kByTap) {
      turn_taps(layout, filter + channel, &weights);
    } else {
      turn_channels(layout, filter + channel * taps, &weights);
    }
    for (int32_t batch = 0; batch < window.batches; ++batch) {
      for (int32_t y = 0; y < window.output_height; y += layout.tile_height) {
        const int32_t left = window.output_height - y;
        const int32_t tile = left < layout.tile_height ? left : layout.tile_height;
        turn_rows(layout, input + batch * image + channel, parameters.input_offset,
                  y * window.stride_height,
                  (tile - 1) * window.stride_height + window.filter_height, &rows);
        int8_t* at = output + (batch * window.output_height + y) * row + channel;
        for (int32_t lane = 0; lane < kLanes; ++lane) {
          const Requantization requantization =
              fast_requantization(bias == nullptr ? 0 : bias[channel + lane],
                                  parameters.multipliers[channel + lane], parameters.output_offset);
          convolve_lane(shape, layout, rows.pairs[lane], weights.pairs[lane], tile, requantization,
                        at + lane);
        }
      }
    }
  }
}

bool convolve_by_pairs(const reference::Conv2DParameters& parameters, const int8_t* input,
                       const int8_t* filter, Order order, const int32_t* bias, int8_t* output) {
  TapPairs layout;
  if (!layout.assign(parameters, bias)) return false;
  convolve_all(parameters, layout, input, filter, order, bias, output);
  const ActivationRange range = {parameters.activation_minimum, parameters.activation_maximum};
  if (range.is_narrowed()) {
    const Window2D& window = layout.window;
    clamp_bytes(
        output,
        window.batches * window.output_height * window.output_width * window.output_channels,
        range);
  }
  return true;
}

}  // namespace

bool depthwise_conv_2d_by_pairs(const reference::Conv2DParameters& parameters, const int8_t* input,
                                const int8_t* filter, const int32_t* bias, int8_t* output) {
  return convolve_by_pairs(parameters, input, filter, Order::kByTap, bias, output);
}

void depthwise_conv_2d_by_channel(const reference::Conv2DParameters& parameters,
                                  const int8_t* input, const int8_t* filter, const int32_t* bias,
                                  int8_t* output) {
  if (!convolve_by_pairs(parameters, input, filter, Order::kByChannel, bias, output)) {
    reference::depthwise_conv_2d_by_channel(parameters, input, filter, bias, output);
  }
}

}  // namespace stapes::arm_dsp
#endif
