#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/depthwise_pairs.h"

#include "device/kernels/arm_dsp/depthwise_run.h"
#include "device/kernels/arm_dsp/requantization.h"

// Four channels at a time. Their rows, with the padding as zeros and the input's offset added, are
// turned so that a word holds two neighbouring columns of one channel; a row of the filter is then
// a row of words with two taps each, and one SMLAD does both. A window that begins on an odd column
// reads the same words as its left neighbour, with weights that are one tap further on. A filter
// one column wide over an image one column wide is one row.
namespace stapes::arm_dsp {
namespace {

constexpr int32_t kLanes = 4;
constexpr int32_t kPairCapacity = 128;   // of a channel's turned rows
constexpr int32_t kWeightCapacity = 16;  // pairs of a channel's filter, for one parity

// The filter in pairs, beginning at an even and at an odd column.
struct Weights {
  int32_t pairs[kLanes][2][kWeightCapacity];
};

struct Rows {
  int32_t pairs[kLanes][kPairCapacity];
};

// How an image and its filter are cut into pairs.
struct Layout {
  int32_t filter_pairs;  // of a row, for either parity
  int32_t row_pairs;     // of a row of the image with its padding
  int32_t tile_height;   // output rows at once
  int32_t parities;      // of the columns on which windows begin: 2 when the stride is odd
  int32_t pixels[2];     // of an output row, for each parity
  int32_t pair_step;     // from such a pixel to the next
};

// A column as a row: the elements lie in the same order.
Window2D column_as_row(const Window2D& column) {
  Window2D row = column;
  row.input_width = column.input_height;
  row.filter_width = column.filter_height;
  row.output_width = column.output_height;
  row.stride_width = column.stride_height;
  row.padding_left = column.padding_top;
  row.dilation_width = column.dilation_height;
  row.input_height = row.filter_height = row.output_height = 1;
  row.stride_height = row.dilation_height = 1;
  row.padding_top = 0;
  return row;
}

bool make_layout(const Window2D& window, Layout* layout) {
  if (window.depth_multiplier != 1 || window.dilation_height != 1 || window.dilation_width != 1 ||
      window.output_channels < kLanes || window.filter_width > 2 * kWeightCapacity ||
      window.input_width > 2 * kPairCapacity || window.output_width > 2 * kPairCapacity ||
      window.stride_width > kPairCapacity) {
    return false;
  }
  layout->filter_pairs = window.filter_width / 2 + 1;
  layout->row_pairs = (window.output_width - 1) * window.stride_width / 2 + layout->filter_pairs;
  const int32_t rows = kPairCapacity / layout->row_pairs;
  if (window.filter_height > kWeightCapacity || rows < window.filter_height ||
      layout->filter_pairs * window.filter_height > kWeightCapacity) {
    return false;
  }
  layout->parities = 1 + (window.stride_width & 1);
  layout->pixels[0] = (window.output_width + layout->parities - 1) / layout->parities;
  layout->pixels[1] = layout->parities == 2 ? window.output_width - layout->pixels[0] : 0;
  layout->pair_step = window.stride_width * layout->parities / 2;
  layout->tile_height = (rows - window.filter_height) / window.stride_height + 1;
  return true;
}

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
void turn_row(const Window2D& window, const Layout& layout, const int8_t* input, int32_t offsets,
              int32_t padding, int32_t* pairs) {
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
void turn_rows(const Window2D& window, const Layout& layout, const int8_t* input, int32_t offset,
               int32_t first, int32_t count, Rows* rows) {
  const int32_t offsets = both_lanes(offset);
  const auto padding = static_cast<int32_t>(0x01010101U * static_cast<uint8_t>(-offset));
  for (int32_t i = 0; i < count; ++i) {
    const int32_t y = first + i - window.padding_top;
    int32_t* pairs = &rows->pairs[0][i * layout.row_pairs];
    if (y >= 0 && y < window.input_height) {
      turn_row(window, layout, input + y * window.input_width * window.input_channels, offsets,
               padding, pairs);
    } else {
      for (int32_t pair = 0; pair < layout.row_pairs; ++pair) store_zeros(pairs++);
    }
  }
}

// The filter of four channels, doubled (requantization.h).
void turn_weights(const Window2D& window, const Layout& layout, const int8_t* filter,
                  Weights* weights) {
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
      store_pairs(first, second, 0, kLaneStep, pairs);
#pragma GCC unroll 4
      for (int32_t lane = 0; lane < kLanes; ++lane) {
        int32_t* even = pairs + lane * kLaneStep;
        *even = __sadd16(*even, *even);
        const auto now = static_cast<uint32_t>(*even);
        even[kWeightCapacity] = static_cast<int32_t>((now << 16) | (before[lane] >> 16));
        before[lane] = now;
      }
      ++pairs;
    }
  }
}

// What is best for a filter's shape.
struct Filter {
  bool is_row;
  void (*convolve)(const DepthwiseRun& run);
};

Filter filter_for(const Window2D& window, const Layout& layout) {
  if (window.filter_height == 1 && layout.filter_pairs == 5 && window.stride_width <= 2) {
    return {true, convolve_five_pairs};
  }
  if (window.filter_height == 3 && layout.filter_pairs == 2) return {false, convolve_three_rows};
  return {window.filter_height == 1, convolve_any_pairs};
}

// `rows` output rows of one channel.
void convolve_lane(const Filter& filter, const Window2D& window, const Layout& layout,
                   const int32_t* pairs, const int32_t (&weights)[2][kWeightCapacity], int32_t rows,
                   const Requantization& requantization, int8_t* output) {
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

bool all_are_fast(const reference::Conv2DParameters& parameters, const int32_t* bias) {
  const Window2D& window = parameters.window;
  const int32_t sum_limit = window.filter_height * window.filter_width * 255 * 128;
  for (int32_t channel = 0; channel < window.output_channels; ++channel) {
    if (!allows_fast_requantization(bias == nullptr ? 0 : bias[channel],
                                    parameters.multipliers[channel], sum_limit)) {
      return false;
    }
  }
  return true;
}

void convolve_all(const reference::Conv2DParameters& parameters, const Window2D& window,
                  const Layout& layout, const int8_t* input, const int8_t* filter,
                  const int32_t* bias, int8_t* output) {
  const int32_t channels = window.output_channels;
  const int32_t image = window.input_height * window.input_width * channels;
  const int32_t row = window.output_width * channels;
  const Filter shape = filter_for(window, layout);
  Weights weights;
  Rows rows;
  for (int32_t first = 0; first < channels; first += kLanes) {
    // One to three channels at the end are four of which the first are computed once more.
    const int32_t channel = first + kLanes <= channels ? first : channels - kLanes;
    turn_weights(window, layout, filter + channel, &weights);
    for (int32_t batch = 0; batch < window.batches; ++batch) {
      for (int32_t y = 0; y < window.output_height; y += layout.tile_height) {
        const int32_t left = window.output_height - y;
        const int32_t tile = left < layout.tile_height ? left : layout.tile_height;
        turn_rows(window, layout, input + batch * image + channel, parameters.input_offset,
                  y * window.stride_height,
                  (tile - 1) * window.stride_height + window.filter_height, &rows);
        int8_t* at = output + (batch * window.output_height + y) * row + channel;
        for (int32_t lane = 0; lane < kLanes; ++lane) {
          const Requantization requantization =
              fast_requantization(bias == nullptr ? 0 : bias[channel + lane],
                                  parameters.multipliers[channel + lane], parameters.output_offset);
          convolve_lane(shape, window, layout, rows.pairs[lane], weights.pairs[lane], tile,
                        requantization, at + lane);
        }
      }
    }
  }
}

}  // namespace

bool depthwise_conv_2d_by_pairs(const reference::Conv2DParameters& parameters, const int8_t* input,
                                const int8_t* filter, const int32_t* bias, int8_t* output) {
  const bool is_column = parameters.window.filter_width == 1 &&
                         parameters.window.input_width == 1 && parameters.window.output_width == 1;
  const Window2D window = is_column ? column_as_row(parameters.window) : parameters.window;
  const ActivationRange range = {parameters.activation_minimum, parameters.activation_maximum};
  Layout layout;
  if (!make_layout(window, &layout) || !all_are_fast(parameters, bias)) return false;
  convolve_all(parameters, window, layout, input, filter, bias, output);
  if (range.is_narrowed()) {
    clamp_bytes(
        output,
        window.batches * window.output_height * window.output_width * window.output_channels,
        range);
  }
  return true;
}

}  // namespace stapes::arm_dsp
#endif
