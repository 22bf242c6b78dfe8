// DEPTHWISE_CONV_2D: channels in the lanes, kGroup taps of a filter's column to a lane. Included
// once for each level, as products_body.h.
#pragma once
#include "device/kernels/reference/depthwise_conv_2d.h"
#include "device/kernels/x86/requantize_body.h"

namespace stapes::x86::STAPES_LEVEL {

constexpr int32_t kMostGroups = 128 / kGroup;
constexpr int32_t kBlockChannels =
    kInterleaved * kLanes;  // as bytes, one tap of a block is a vector

using Interleaved = Vector[kInterleaved];

// What follows the accumulation of one block of channels. Behind it lie the filter's taps: the
// groups of a column, column by column.
struct DepthwiseBlock {
  Vector start[kInterleaved];  // bias, and what makes up for the operands' offset
  Vector multiplier[kInterleaved];
  Vector rounding[kInterleaved];
  Vector shift[kInterleaved];
  bool is_fast;
};
inline const Interleaved* weights_of(const DepthwiseBlock& block) {
  return reinterpret_cast<const Interleaved*>(&block + 1);
}

// A filter's column is as many groups of taps, the last one filled up with weights of 0.
constexpr int32_t groups_of_column(const Window2D& window) {
  return (window.filter_height + kGroup - 1) / kGroup;
}

constexpr size_t bytes_of_block(int32_t groups) {
  return whole_lines(sizeof(DepthwiseBlock) + static_cast<size_t>(groups) * sizeof(Interleaved));
}

// `filter`, `bias`, `multipliers`: at the block's first channel. `block`: what bytes_of_block()
// says.
STAPES_TARGET inline void prepare_block(const reference::Conv2DParameters& parameters,
                                        const int8_t* filter, const int32_t* bias,
                                        const reference::Multiplier* multipliers, int32_t channels,
                                        DepthwiseBlock* block) {
  const Window2D& window = parameters.window;
  const int32_t taps = window.filter_height * window.filter_width;
  const int32_t column_groups = groups_of_column(window);
  auto* weights = reinterpret_cast<Interleaved*>(block + 1);
  Vector sums[kInterleaved];
  for (int32_t j = 0; j < kInterleaved; ++j) sums[j] = zero();
  for (int32_t group = 0; group < column_groups * window.filter_width; ++group) {
    const int32_t column = group / column_groups;
    const int32_t first_row = group % column_groups * kGroup;
    Vector rows[kGroup];
    STAPES_UNROLL
    for (int32_t i = 0; i < kGroup; ++i) {
      const int32_t row = first_row + i;
      const int32_t tap = row * window.filter_width + column;
      rows[i] = row < window.filter_height
                    ? load_tap_weights(filter + tap * window.output_channels, channels)
                    : zero();
    }
    Vector lanes[kInterleaved];
    interleave(rows, lanes);
    STAPES_UNROLL
    for (int32_t j = 0; j < kInterleaved; ++j) {
      store(&weights[group][j], lanes[j]);
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

// A block's constants in registers, where stores of outputs cannot change them.
struct PlaceConstants {
  Vector start[kInterleaved];
  Requantization requantization[kInterleaved];
};

STAPES_INLINE PlaceConstants constants_of(const DepthwiseBlock& block) {
  PlaceConstants constants;
  STAPES_UNROLL
  for (int32_t j = 0; j < kInterleaved; ++j) {
    constants.start[j] = load(&block.start[j]);
    constants.requantization[j] =
        requantization(load(&block.multiplier[j]), load(&block.rounding[j]), load(&block.shift[j]));
  }
  return constants;
}

STAPES_INLINE void requantize_place(const Vector (&sums)[kInterleaved], int32_t channels,
                                    Vector minimum_of_output, Vector maximum_of_output,
                                    const PlaceConstants& constants, int8_t* output) {
  Vector values[kInterleaved];
  STAPES_UNROLL
  for (int32_t j = 0; j < kInterleaved; ++j) {
    values[j] = requantize(sums[j], constants.requantization[j]);
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
};

STAPES_INLINE void finish_place(const DepthwiseImage& image, const Vector (&sums)[kInterleaved],
                                const PlaceConstants& constants, int8_t* output) {
  if (image.block.is_fast) {
    requantize_place(sums, image.channels, image.minimum_of_output, image.maximum_of_output,
                     constants, output);
  } else {
    Vector copies[kInterleaved];  // which leaves the sums in registers
    STAPES_UNROLL
    for (int32_t j = 0; j < kInterleaved; ++j) copies[j] = sums[j];
    requantize_place_slowly(copies, image.parameters, image.first_channel, image.channels, output);
  }
}

// Interleaved vectors that the loops below keep on the stack.
constexpr int32_t kMostInterleaved = 160;

// kGroup pixels; null ones contribute nothing.
STAPES_INLINE void interleave_pixels(const DepthwiseImage& image, const int8_t* const* pixels,
                                     Interleaved& interleaved) {
  Vector rows[kGroup];
  STAPES_UNROLL
  for (int32_t i = 0; i < kGroup; ++i) {
    rows[i] = load_tap_operands(pixels[i] != nullptr ? pixels[i] : image.neutral, image.channels,
                                image.offset);
  }
  Vector lanes[kInterleaved];
  interleave(rows, lanes);
  STAPES_UNROLL
  for (int32_t j = 0; j < kInterleaved; ++j) store(&interleaved[j], lanes[j]);
}

STAPES_INLINE void add_group(const Interleaved& pixels, const Interleaved& weights,
                             Vector (&sums)[kInterleaved]) {
  STAPES_UNROLL
  for (int32_t j = 0; j < kInterleaved; ++j) {
    sums[j] = accumulate(sums[j], load(&pixels[j]), load(&weights[j]));
  }
}

// Adds `groups` groups whose interleaved pixels lie `step` apart. kGroups: their number where it is
// known in advance, or 0.
template <int32_t kGroups>
STAPES_INLINE void add_groups(const Interleaved* pixels, int32_t step, const Interleaved* weights,
                              int32_t groups, Vector (&sums)[kInterleaved]) {
  if constexpr (kGroups > 0) {
    STAPES_UNROLL
    for (int32_t group = 0; group < kGroups; ++group) {
      add_group(pixels[group * step], weights[group], sums);
    }
  } else {
    for (int32_t group = 0; group < groups; ++group) {
      add_group(pixels[group * step], weights[group], sums);
    }
  }
}

// Input columns between the first and the last of a window, both included.
inline int64_t columns_of_window(const Window2D& window) {
  return (int64_t{window.filter_width} - 1) * window.dilation_width + 1;
}

// Windows side by side: a column of pixels is interleaved once for all places of an output row that
// see it.
template <int32_t kGroups>
STAPES_TARGET inline void convolve_windows(const DepthwiseImage& image) {
  const Window2D& window = image.parameters.window;
  const int32_t groups = groups_of_column(window);
  const auto span = static_cast<int32_t>(columns_of_window(window));
  const int32_t most_places = (kMostInterleaved / groups - span) / window.stride_width + 1;
  const PlaceConstants constants = constants_of(image.block);
  Interleaved interleaved[kMostInterleaved];
  int8_t* output = image.output;
  for (int32_t y = 0; y < window.output_height; ++y) {
    const int32_t origin_y = y * window.stride_height - window.padding_top;
    int32_t places = 0;
    for (int32_t first = 0; first < window.output_width; first += places) {
      const int32_t left = window.output_width - first;
      places = left < most_places ? left : most_places;
      const int32_t columns = (places - 1) * window.stride_width + span;
      const int32_t origin_x = first * window.stride_width - window.padding_left;
      for (int32_t i = 0; i < columns * groups; ++i) {
        const int32_t in_x = origin_x + i / groups;
        const bool is_column = in_x >= 0 && in_x < window.input_width;
        const int8_t* pixels[kGroup];
        for (int32_t k = 0; k < kGroup; ++k) {
          const int32_t row = i % groups * kGroup + k;
          const int32_t in_y = origin_y + row * window.dilation_height;
          const bool is_inside =
              is_column && row < window.filter_height && in_y >= 0 && in_y < window.input_height;
          pixels[k] = is_inside
                          ? image.input + (in_y * window.input_width + in_x) * window.input_channels
                          : nullptr;
        }
        interleave_pixels(image, pixels, interleaved[i]);
      }
      for (int32_t place = 0; place < places; ++place) {
        Vector sums[kInterleaved];
        STAPES_UNROLL
        for (int32_t j = 0; j < kInterleaved; ++j) sums[j] = constants.start[j];
        for (int32_t column = 0; column < window.filter_width; ++column) {
          const int32_t at = place * window.stride_width + column * window.dilation_width;
          add_groups<kGroups>(interleaved + at * groups, 1,
                              weights_of(image.block) + column * groups, groups, sums);
        }
        finish_place(image, sums, constants, output);
        output += window.output_channels;
      }
    }
  }
}

// A window along a column of pixels: the taps of neighbouring places overlap, so every kGroup
// neighbouring pixels are interleaved once, and several places use them.
inline int32_t column_rows(const Window2D& window) {
  return (window.output_height - 1) * window.stride_height + groups_of_column(window) * kGroup;
}

inline bool is_column(const Window2D& window) {
  return window.input_width == 1 && window.filter_width == 1 && window.output_width == 1 &&
         window.padding_left == 0 && window.dilation_height == 1 &&
         window.stride_height <= kGroup && column_rows(window) <= kMostInterleaved;
}

// REQUIRES: is_column()
template <int32_t kGroups>
STAPES_TARGET inline void convolve_column(const DepthwiseImage& image) {
  const Window2D& window = image.parameters.window;
  const PlaceConstants constants = constants_of(image.block);
  Interleaved interleaved[kMostInterleaved];
  const int32_t rows = column_rows(window) - kGroup + 1;
  // Places start at multiples of the stride and their groups kGroup rows apart.
  const int32_t step = kGroup % window.stride_height == 0 ? window.stride_height : 1;
  for (int32_t row = 0; row < rows; row += step) {
    const int8_t* pixels[kGroup];
    for (int32_t i = 0; i < kGroup; ++i) {
      const int32_t y = row + i - window.padding_top;
      const bool is_inside = y >= 0 && y < window.input_height;
      pixels[i] = is_inside ? image.input + y * window.input_channels : nullptr;
    }
    interleave_pixels(image, pixels, interleaved[row]);
  }
  int8_t* output = image.output;
  const Interleaved* pixels = interleaved;
  const int32_t output_height = window.output_height;
  const int32_t output_step = window.output_channels;
  const int32_t pixel_step = window.stride_height;
  const int32_t groups = groups_of_column(window);
  for (int32_t y = 0; y < output_height; ++y) {
    Vector sums[kInterleaved];
    STAPES_UNROLL
    for (int32_t j = 0; j < kInterleaved; ++j) sums[j] = constants.start[j];
    add_groups<kGroups>(pixels, kGroup, weights_of(image.block), groups, sums);
    finish_place(image, sums, constants, output);
    pixels += pixel_step;
    output += output_step;
  }
}

// With the number of groups of the filters that keyword models have: three and nine rows.
STAPES_TARGET inline void convolve_image(const DepthwiseImage& image) {
  constexpr int32_t kOfThree = (3 + kGroup - 1) / kGroup;
  constexpr int32_t kOfNine = (9 + kGroup - 1) / kGroup;
  const int32_t groups = groups_of_column(image.parameters.window);
  if (is_column(image.parameters.window)) {
    if (groups == kOfNine) {
      convolve_column<kOfNine>(image);
    } else {
      convolve_column<0>(image);
    }
  } else if (groups == kOfThree) {
    convolve_windows<kOfThree>(image);
  } else {
    convolve_windows<0>(image);
  }
}

// The last block has as many channels as the others where there are enough: some are then computed
// twice, which costs nothing beside loads and stores of parts of vectors.
constexpr int32_t blocks_of_channels(int32_t channels) {
  return (channels + kBlockChannels - 1) / kBlockChannels;
}
constexpr int32_t first_of_block(int32_t channels, int32_t block) {
  const int32_t first = block * kBlockChannels;
  const int32_t last = channels - kBlockChannels;
  return first <= last || last < 0 ? first : last;
}

inline int32_t groups_of_filter(const Window2D& window) {
  return groups_of_column(window) * window.filter_width;
}

inline bool is_convolved_by_channel(const Window2D& window) {
  const int64_t groups = groups_of_column(window);
  return window.depth_multiplier == 1 && groups * window.filter_width <= kMostGroups &&
         groups * columns_of_window(window) <= kMostInterleaved;
}

// The block of channels from `first` on.
STAPES_TARGET inline void prepare_block_at(const reference::Conv2DParameters& parameters,
                                           const int8_t* filter, const int32_t* bias, int32_t first,
                                           DepthwiseBlock* block) {
  const int32_t left = parameters.window.output_channels - first;
  prepare_block(parameters, filter + first, bias == nullptr ? nullptr : bias + first,
                parameters.multipliers + first, left < kBlockChannels ? left : kBlockChannels,
                block);
}

// All places of the block of channels from `first` on.
STAPES_TARGET inline void convolve_block(const reference::Conv2DParameters& parameters,
                                         const DepthwiseBlock& block, const int8_t* input,
                                         int32_t first, int8_t* output) {
  const Window2D& window = parameters.window;
  const int32_t left = window.output_channels - first;
  alignas(64) int8_t neutral[kBlockChannels];
  for (int8_t& value : neutral) value = static_cast<int8_t>(-parameters.input_offset);
  DepthwiseImage image = {operand_offset(parameters.input_offset),
                          broadcast_byte(parameters.activation_minimum),
                          broadcast_byte(parameters.activation_maximum),
                          parameters,
                          block,
                          neutral,
                          input + first,
                          output + first,
                          first,
                          left < kBlockChannels ? left : kBlockChannels};
  for (int32_t batch = 0; batch < window.batches; ++batch) {
    convolve_image(image);
    image.input += window.input_height * window.input_width * window.input_channels;
    image.output += window.output_height * window.output_width * window.output_channels;
  }
}

STAPES_TARGET void depthwise_conv_2d(const reference::Conv2DParameters& parameters,
                                     const int8_t* input, const int8_t* filter, const int32_t* bias,
                                     int8_t* output) {
  if (!is_convolved_by_channel(parameters.window)) {
    reference::depthwise_conv_2d(parameters, input, filter, bias, output);
    return;
  }
  alignas(64) uint8_t memory[bytes_of_block(kMostGroups)];
  auto& block = *reinterpret_cast<DepthwiseBlock*>(memory);
  const int32_t channels = parameters.window.output_channels;
  for (int32_t i = 0; i < blocks_of_channels(channels); ++i) {
    const int32_t first = first_of_block(channels, i);
    prepare_block_at(parameters, filter, bias, first, &block);
    convolve_block(parameters, block, input, first, output);
  }
}

size_t packed_bytes_of_depthwise_conv_2d(const reference::Conv2DParameters& parameters) {
  const Window2D& window = parameters.window;
  if (!is_convolved_by_channel(window)) return 0;
  return static_cast<size_t>(blocks_of_channels(window.output_channels)) *
             bytes_of_block(groups_of_filter(window)) +
         kLineBytes;
}

STAPES_TARGET void pack_depthwise_conv_2d(const reference::Conv2DParameters& parameters,
                                          const int8_t* filter, const int32_t* bias, void* packed) {
  uint8_t* memory = aligned_to_line(packed);
  const int32_t channels = parameters.window.output_channels;
  for (int32_t i = 0; i < blocks_of_channels(channels); ++i) {
    prepare_block_at(parameters, filter, bias, first_of_block(channels, i),
                     reinterpret_cast<DepthwiseBlock*>(memory));
    memory += bytes_of_block(groups_of_filter(parameters.window));
  }
}

STAPES_TARGET void packed_depthwise_conv_2d(const reference::Conv2DParameters& parameters,
                                            const int8_t* input, const void* packed,
                                            int8_t* output) {
  const uint8_t* memory = aligned_to_line(packed);
  const int32_t channels = parameters.window.output_channels;
  for (int32_t i = 0; i < blocks_of_channels(channels); ++i) {
    convolve_block(parameters, *reinterpret_cast<const DepthwiseBlock*>(memory), input,
                   first_of_block(channels, i), output);
    memory += bytes_of_block(groups_of_filter(parameters.window));
  }
}

}  // namespace stapes::x86::STAPES_LEVEL
