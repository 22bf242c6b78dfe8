// DEPTHWISE_CONV_2D: channels in the lanes, kGroup taps of the filter to a lane. Included once for
// each level, as products_body.h.
#pragma once
#include "device/kernels/reference/depthwise_conv_2d.h"
#include "device/kernels/x86/requantize_body.h"

namespace stapes::x86::STAPES_LEVEL {

constexpr int32_t kMostTaps = 128;
constexpr int32_t kMostGroups = kMostTaps / kGroup;
constexpr int32_t kBlockChannels =
    kInterleaved * kLanes;  // as bytes, one tap of a block is a vector

// The filter's taps of one block of channels, and what follows the accumulation.
struct DepthwiseBlock {
  Vector weights[kMostGroups][kInterleaved];
  Vector start[kInterleaved];  // bias, and what makes up for the operands' offset
  Vector multiplier[kInterleaved];
  Vector rounding[kInterleaved];
  Vector shift[kInterleaved];
  bool is_fast;
};

// `filter`, `bias`, `multipliers`: at the block's first channel.
STAPES_TARGET void prepare_block(const reference::Conv2DParameters& parameters,
                                 const int8_t* filter, const int32_t* bias,
                                 const reference::Multiplier* multipliers, int32_t channels,
                                 DepthwiseBlock* block) {
  const Window2D& window = parameters.window;
  const int32_t taps = window.filter_height * window.filter_width;
  Vector sums[kInterleaved];
  for (int32_t j = 0; j < kInterleaved; ++j) sums[j] = zero();
  for (int32_t tap = 0; tap < taps; tap += kGroup) {
    Vector rows[kGroup];
    STAPES_UNROLL
    for (int32_t i = 0; i < kGroup; ++i) {
      rows[i] = tap + i < taps
                    ? load_tap_weights(filter + (tap + i) * window.output_channels, channels)
                    : zero();
    }
    Vector lanes[kInterleaved];
    interleave(rows, lanes);
    STAPES_UNROLL
    for (int32_t j = 0; j < kInterleaved; ++j) {
      store(&block->weights[tap / kGroup][j], lanes[j]);
      sums[j] = accumulate(sums[j], ones_operand(), lanes[j]);
    }
  }
  ChannelBlock natural;
  alignas(64) static constexpr int32_t kNoSums[kChannelsOfBlock] = {};
  fill_channels(bias, multipliers, channels, kInterleaved, parameters.output_offset,
                taps * 255 * 128, kNoSums, 0, &natural);
  const Vector factor = broadcast(weight_sum_factor(parameters.input_offset));
  for (int32_t j = 0; j < kInterleaved; ++j) {
    store(&block->start[j], add(load_interleaved(natural.bias, j), multiply_low(sums[j], factor)));
    store(&block->multiplier[j], load_interleaved(natural.multiplier, j));
    store(&block->rounding[j], load_interleaved(natural.rounding, j));
    store(&block->shift[j], load_interleaved(natural.shift, j));
  }
  block->is_fast = natural.is_fast;
}

// One place of the window. `taps`: of the block's first channel, a multiple of kGroup of them.
STAPES_INLINE void sum_taps(const int8_t* const* taps, int32_t groups, int32_t channels,
                            Vector offset, const DepthwiseBlock& block,
                            Vector (&sums)[kInterleaved]) {
  STAPES_UNROLL
  for (int32_t j = 0; j < kInterleaved; ++j) sums[j] = load(&block.start[j]);
  for (int32_t group = 0; group < groups; ++group) {
    Vector rows[kGroup];
    STAPES_UNROLL
    for (int32_t i = 0; i < kGroup; ++i) {
      rows[i] = load_tap_operands(taps[group * kGroup + i], channels, offset);
    }
    Vector lanes[kInterleaved];
    interleave(rows, lanes);
    STAPES_UNROLL
    for (int32_t j = 0; j < kInterleaved; ++j) {
      sums[j] = accumulate(sums[j], lanes[j], load(&block.weights[group][j]));
    }
  }
}

STAPES_INLINE void requantize_place(const Vector (&sums)[kInterleaved], int32_t channels,
                                    Vector minimum_of_output, Vector maximum_of_output,
                                    const DepthwiseBlock& block, int8_t* output) {
  Vector values[kInterleaved];
  STAPES_UNROLL
  for (int32_t j = 0; j < kInterleaved; ++j) {
    const Vector multiplier = load(&block.multiplier[j]);
    const Vector x = doubling_high_product_small(sums[j], multiplier, odd_lanes(multiplier));
    values[j] =
        shift_right_each(add(add(x, sign(x)), load(&block.rounding[j])), load(&block.shift[j]));
  }
  store_interleaved(output, values, channels, minimum_of_output, maximum_of_output);
}

// As the reference does it. Kept out of the loops that call it.
STAPES_TARGET __attribute__((noinline)) inline void requantize_place_slowly(
    const Vector (&sums)[kInterleaved], const reference::Conv2DParameters& parameters,
    int32_t first, int32_t channels, int8_t* output) {
  alignas(64) int32_t interleaved[kBlockChannels];
  int32_t natural[kBlockChannels];
  for (int32_t j = 0; j < kInterleaved; ++j) store(interleaved + j * kLanes, sums[j]);
  for (int32_t j = 0; j < kInterleaved; ++j) {
    for (int32_t lane = 0; lane < kLanes; ++lane) {
      natural[lane / 4 * 4 * kInterleaved + 4 * j + lane % 4] = interleaved[j * kLanes + lane];
    }
  }
  requantize_slowly(natural, 1, 0, parameters.multipliers + first, channels,
                    parameters.output_offset, parameters.activation_minimum,
                    parameters.activation_maximum, output, 0);
}

// Where the taps of the place whose tap (0, 0) falls on (origin_y, origin_x) lie; `neutral` for
// those outside the input.
inline void find_taps(const Window2D& window, const int8_t* image, int32_t origin_y,
                      int32_t origin_x, const int8_t* neutral, const int8_t** taps) {
  for (int32_t row = 0; row < window.filter_height; ++row) {
    const int32_t y = origin_y + row * window.dilation_height;
    const bool is_row = y >= 0 && y < window.input_height;
    for (int32_t column = 0; column < window.filter_width; ++column) {
      const int32_t x = origin_x + column * window.dilation_width;
      const bool is_inside = is_row && x >= 0 && x < window.input_width;
      *taps++ = is_inside ? image + (y * window.input_width + x) * window.input_channels : neutral;
    }
  }
}

// One block of channels of one image: what the loops over places need.
struct DepthwiseImage {
  Vector offset;
  Vector minimum_of_output;
  Vector maximum_of_output;
  const reference::Conv2DParameters& parameters;
  const DepthwiseBlock& block;
  const int8_t* neutral;  // a pixel that contributes nothing
  const int8_t* input;    // at the block's first channel
  int8_t* output;         // likewise
  int32_t first_channel;
  int32_t channels;
  int32_t groups;  // of taps
};

STAPES_INLINE void finish_place(const DepthwiseImage& image, const Vector (&sums)[kInterleaved],
                                int8_t* output) {
  if (image.block.is_fast) {
    requantize_place(sums, image.channels, image.minimum_of_output, image.maximum_of_output,
                     image.block, output);
  } else {
    requantize_place_slowly(sums, image.parameters, image.first_channel, image.channels, output);
  }
}

STAPES_TARGET inline void convolve_windows(const DepthwiseImage& image) {
  const Window2D& window = image.parameters.window;
  const int8_t* taps[kMostTaps];
  for (int32_t i = 0; i < image.groups * kGroup; ++i) taps[i] = image.neutral;
  int8_t* output = image.output;
  for (int32_t y = 0; y < window.output_height; ++y) {
    for (int32_t x = 0; x < window.output_width; ++x) {
      find_taps(window, image.input, y * window.stride_height - window.padding_top,
                x * window.stride_width - window.padding_left, image.neutral, taps);
      Vector sums[kInterleaved];
      sum_taps(taps, image.groups, image.channels, image.offset, image.block, sums);
      finish_place(image, sums, output);
      output += window.output_channels;
    }
  }
}

// A window along a column of pixels: the taps of neighbouring places overlap, so every kGroup
// neighbouring pixels are interleaved once, and several places use them.
constexpr int32_t kMostColumnRows = 160;

inline int32_t column_rows(const Window2D& window, int32_t groups) {
  return (window.output_height - 1) * window.stride_height + groups * kGroup;
}

inline bool is_column(const Window2D& window, int32_t groups) {
  return window.input_width == 1 && window.filter_width == 1 && window.output_width == 1 &&
         window.padding_left == 0 && window.dilation_height == 1 &&
         window.stride_height <= kGroup && column_rows(window, groups) <= kMostColumnRows;
}

// REQUIRES: is_column()
STAPES_TARGET inline void convolve_column(const DepthwiseImage& image) {
  const Window2D& window = image.parameters.window;
  Vector interleaved[kMostColumnRows][kInterleaved];
  const int32_t rows = column_rows(window, image.groups) - kGroup + 1;
  // Places start at multiples of the stride and their groups kGroup rows apart.
  const int32_t step = kGroup % window.stride_height == 0 ? window.stride_height : 1;
  for (int32_t row = 0; row < rows; row += step) {
    Vector pixels[kGroup];
    STAPES_UNROLL
    for (int32_t i = 0; i < kGroup; ++i) {
      const int32_t y = row + i - window.padding_top;
      const bool is_inside = y >= 0 && y < window.input_height;
      pixels[i] =
          load_tap_operands(is_inside ? image.input + y * window.input_channels : image.neutral,
                            image.channels, image.offset);
    }
    Vector lanes[kInterleaved];
    interleave(pixels, lanes);
    STAPES_UNROLL
    for (int32_t j = 0; j < kInterleaved; ++j) store(&interleaved[row][j], lanes[j]);
  }
  int8_t* output = image.output;
  for (int32_t y = 0; y < window.output_height; ++y) {
    Vector sums[kInterleaved];
    STAPES_UNROLL
    for (int32_t j = 0; j < kInterleaved; ++j) sums[j] = load(&image.block.start[j]);
    const Vector* row = interleaved[y * window.stride_height];
    const Vector* weights = image.block.weights[0];
    for (int32_t group = 0; group < image.groups; ++group) {
      STAPES_UNROLL
      for (int32_t j = 0; j < kInterleaved; ++j) {
        sums[j] = accumulate(sums[j], load(row + j), load(weights + j));
      }
      row += kGroup * kInterleaved;
      weights += kInterleaved;
    }
    finish_place(image, sums, output);
    output += window.output_channels;
  }
}

STAPES_TARGET void depthwise_conv_2d(const reference::Conv2DParameters& parameters,
                                     const int8_t* input, const int8_t* filter, const int32_t* bias,
                                     int8_t* output) {
  const Window2D& window = parameters.window;
  const int64_t taps = int64_t{window.filter_height} * window.filter_width;
  if (window.depth_multiplier != 1 || taps > kMostTaps) {
    reference::depthwise_conv_2d(parameters, input, filter, bias, output);
    return;
  }
  const int32_t groups = (static_cast<int32_t>(taps) + kGroup - 1) / kGroup;
  alignas(64) int8_t neutral[kBlockChannels];
  for (int8_t& value : neutral) value = static_cast<int8_t>(-parameters.input_offset);
  DepthwiseBlock block;
  for (int32_t first = 0; first < window.output_channels; first += kBlockChannels) {
    const int32_t left = window.output_channels - first;
    const int32_t channels = left < kBlockChannels ? left : kBlockChannels;
    prepare_block(parameters, filter + first, bias == nullptr ? nullptr : bias + first,
                  parameters.multipliers + first, channels, &block);
    DepthwiseImage image = {operand_offset(parameters.input_offset),
                            broadcast_byte(parameters.activation_minimum),
                            broadcast_byte(parameters.activation_maximum),
                            parameters,
                            block,
                            neutral,
                            input + first,
                            output + first,
                            first,
                            channels,
                            groups};
    for (int32_t batch = 0; batch < window.batches; ++batch) {
      if (is_column(window, groups)) {
        convolve_column(image);
      } else {
        convolve_windows(image);
      }
      image.input += window.input_height * window.input_width * window.input_channels;
      image.output += window.output_height * window.output_width * window.output_channels;
    }
  }
}

}  // namespace stapes::x86::STAPES_LEVEL
