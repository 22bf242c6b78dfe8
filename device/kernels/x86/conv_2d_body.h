// CONV_2D as a matrix product whose rows are the places of the window. Included once for each
// level, as products_body.h.
#pragma once
#include "device/kernels/reference/conv_2d.h"
#include "device/kernels/reference/taps.h"
#include "device/kernels/x86/products_body.h"
#include "device/kernels/x86/requantize_body.h"

namespace stapes::x86::STAPES_LEVEL {

constexpr int32_t kOperandCapacity = 16 * 1024;
constexpr int32_t kPackedCapacity = 64 * 1024 / static_cast<int32_t>(sizeof(Weight));
constexpr int32_t kMostRowsOfChunk = 64;
// Of one output channel: leaves room for four places and one vector of channels.
constexpr int32_t kMostDepth = kPackedCapacity / kLanes < kOperandCapacity / 4
                                   ? kPackedCapacity / kLanes - kGroup
                                   : kOperandCapacity / 4 - kGroup;

inline bool is_pointwise(const Window2D& window) {
  return window.filter_height == 1 && window.filter_width == 1 && window.stride_height == 1 &&
         window.stride_width == 1 && window.padding_top == 0 && window.padding_left == 0 &&
         window.output_height == window.input_height && window.output_width == window.input_width;
}

// The operands under the window at output place `place` (batch, y and x in one), in the filter's
// order; taps outside the input become what contributes nothing.
STAPES_TARGET inline void gather_place(const Window2D& window, int32_t offset, const int8_t* input,
                                       int32_t place, Operand* operands) {
  const int32_t x = place % window.output_width;
  const int32_t y = place / window.output_width % window.output_height;
  const int32_t batch = place / window.output_width / window.output_height;
  const int32_t origin_y = y * window.stride_height - window.padding_top;
  const int32_t origin_x = x * window.stride_width - window.padding_left;
  const reference::Taps columns = reference::taps_inside(origin_x, window.dilation_width,
                                                         window.filter_width, window.input_width);
  const int32_t channels = window.input_channels;
  const int32_t row_operands = window.filter_width * channels;
  const Operand neutral = neutral_operand(offset);
  for (int32_t row = 0; row < window.filter_height; ++row, operands += row_operands) {
    const int32_t in_y = origin_y + row * window.dilation_height;
    const bool is_inside = in_y >= 0 && in_y < window.input_height;
    const int32_t first = is_inside ? columns.first : 0;
    const int32_t last = is_inside ? columns.last : 0;
    for (int32_t k = 0; k < first * channels; ++k) operands[k] = neutral;
    for (int32_t k = last * channels; k < row_operands; ++k) operands[k] = neutral;
    if (first >= last) continue;
    const int8_t* line =
        input + ((batch * window.input_height + in_y) * window.input_width + origin_x) * channels;
    if (window.dilation_width == 1) {
      make_operands(line + first * channels, (last - first) * channels, offset,
                    operands + first * channels);
    } else {
      for (int32_t column = first; column < last; ++column) {
        make_operands(line + column * window.dilation_width * channels, channels, offset,
                      operands + column * channels);
      }
    }
  }
}

// Small inputs are made into operands once, with their padding around them, from which the places'
// rows of taps are copied.
struct PaddedInput {
  int32_t height;
  int32_t width;
  const Operand* operands;  // null: not made
};

constexpr int32_t kPaddedCapacity = 16 * 1024;
constexpr int32_t kMostCopied = 64;  // operands at once; as many may be read and written too many

STAPES_TARGET inline PaddedInput pad_input(const Window2D& window, int32_t offset,
                                           const int8_t* input, Operand* memory) {
  PaddedInput padded = {};
  const int64_t height = (int64_t{window.output_height} - 1) * window.stride_height +
                         (int64_t{window.filter_height} - 1) * window.dilation_height + 1;
  const int64_t width =
      (int64_t{window.output_width} - 1) * window.stride_width + window.filter_width;
  if (window.dilation_width != 1 || is_pointwise(window) || height > kPaddedCapacity ||
      width > kPaddedCapacity ||
      height * width * window.batches * window.input_channels > kPaddedCapacity) {
    return padded;
  }
  padded.height = static_cast<int32_t>(height);
  padded.width = static_cast<int32_t>(width);
  padded.operands = memory;
  const int32_t channels = window.input_channels;
  const int32_t line = padded.width * channels;
  const int32_t lines = window.batches * padded.height;
  // Of the input's columns some may lie behind the last window.
  const int32_t behind = padded.width - window.padding_left;
  const int32_t columns = window.input_width < behind ? window.input_width : behind;
  const Operand neutral = neutral_operand(offset);
  for (int32_t i = 0; i < lines * line; ++i) memory[i] = neutral;
  for (int32_t i = 0; i < lines; ++i) {
    const int32_t y = i % padded.height - window.padding_top;
    if (y < 0 || y >= window.input_height || columns <= 0) continue;
    const int32_t row = i / padded.height * window.input_height + y;
    make_operands(input + row * window.input_width * channels, columns * channels, offset,
                  memory + i * line + window.padding_left * channels);
  }
  return padded;
}

// Along a column of pixels as wide as the filter, a place's rows lie one behind the other.
inline bool is_read_in_place(const Window2D& window, const PaddedInput& padded) {
  return padded.operands != nullptr && padded.width == window.filter_width &&
         window.dilation_height == 1 && window.batches == 1;
}

template <int32_t kCopied>
STAPES_TARGET inline void copy_place(const Window2D& window, const PaddedInput& padded,
                                     int32_t place, Operand* operands) {
  const int32_t x = place % window.output_width * window.stride_width;
  const int32_t y = place / window.output_width % window.output_height * window.stride_height;
  const int32_t batch = place / window.output_width / window.output_height;
  const int32_t channels = window.input_channels;
  const int32_t row_operands = window.filter_width * channels;
  const int32_t line = padded.width * channels;
  const Operand* from = padded.operands + (batch * padded.height + y) * line + x * channels;
  for (int32_t row = 0; row < window.filter_height; ++row) {
    for (int32_t i = 0; i < row_operands; i += kCopied) {
      __builtin_memcpy(operands + i, from + i, kCopied * sizeof(Operand));
    }
    from += window.dilation_height * line;
    operands += row_operands;
  }
}

STAPES_TARGET inline void gather_places(const Window2D& window, int32_t offset, const int8_t* input,
                                        const PaddedInput& padded, int32_t first, int32_t count,
                                        int32_t depth, Operand* operands) {
  if (is_pointwise(window)) {
    make_operands(input + first * depth, count * depth, offset, operands);
  } else if (padded.operands != nullptr) {
    const bool is_short = window.filter_width * window.input_channels <= 16;
    const auto copy = is_short ? copy_place<16> : copy_place<kMostCopied>;
    for (int32_t i = 0; i < count; ++i) copy(window, padded, first + i, operands + i * depth);
  } else {
    for (int32_t i = 0; i < count; ++i) {
      gather_place(window, offset, input, first + i, operands + i * depth);
    }
  }
}

STAPES_TARGET void requantize_block(int32_t vectors, const int32_t* sums, int32_t rows,
                                    const ChannelBlock& block,
                                    const reference::Conv2DParameters& parameters,
                                    int32_t first_channel, int32_t channels, int8_t* output) {
  const int32_t minimum = parameters.activation_minimum;
  const int32_t maximum = parameters.activation_maximum;
  const int32_t step = parameters.window.output_channels;
  if (!block.is_fast) {
    requantize_slowly(sums, rows, vectors * kLanes, parameters.multipliers + first_channel,
                      channels, parameters.output_offset, minimum, maximum, output, step);
  } else if (vectors == 1) {
    requantize_fast<1>(sums, rows, block, channels, minimum, maximum, output, step);
  } else if (vectors == 2) {
    requantize_fast<2>(sums, rows, block, channels, minimum, maximum, output, step);
  } else if constexpr (kMostVectors > 2) {
    if (vectors == 3) {
      requantize_fast<3>(sums, rows, block, channels, minimum, maximum, output, step);
    } else {
      requantize_fast<4>(sums, rows, block, channels, minimum, maximum, output, step);
    }
  }
}

// How the output channels are cut into blocks. A block's constants are a ChannelBlock and behind it
// the weights that pack_channels() leaves.
struct ConvolutionBlocks {
  int32_t depth;     // weights of one output channel
  int32_t channels;  // of a block; the last one may have fewer
  int32_t count;
  size_t bytes;  // of a block's constants
};

constexpr bool is_convolved_here(const Window2D& window) {
  return window.groups == 1 &&
         int64_t{window.filter_height} * window.filter_width * window.input_channels <= kMostDepth;
}

// REQUIRES: is_convolved_here()
constexpr ConvolutionBlocks blocks_of(const Window2D& window) {
  const int32_t depth = window.filter_height * window.filter_width * window.input_channels;
  const int32_t vector_weights = groups_of(depth) * kVectorWeights;
  const int32_t needed = (window.output_channels + kLanes - 1) / kLanes;
  int32_t vectors = kPackedCapacity / vector_weights;
  if (vectors > kMostVectors) vectors = kMostVectors;
  if (vectors > needed) vectors = needed;
  return {
      depth, vectors * kLanes, (needed + vectors - 1) / vectors,
      whole_lines(sizeof(ChannelBlock) + static_cast<size_t>(vectors) *
                                             static_cast<size_t>(vector_weights) * sizeof(Weight))};
}

// The block of `channels` channels from `first` on, to `memory`, which is aligned as it is.
STAPES_TARGET inline void pack_block(const reference::Conv2DParameters& parameters,
                                     const int8_t* filter, const int32_t* bias, int32_t depth,
                                     int32_t first, int32_t channels, uint8_t* memory) {
  auto* block = reinterpret_cast<ChannelBlock*>(memory);
  auto* weights = reinterpret_cast<Weight*>(memory + sizeof(ChannelBlock));
  alignas(64) int32_t weight_sums[kMostChannels];
  const int32_t vectors = (channels + kLanes - 1) / kLanes;
  pack_channels(filter + first * depth, depth, depth, channels, vectors, weights, weight_sums);
  fill_channels(bias == nullptr ? nullptr : bias + first, parameters.multipliers + first, channels,
                vectors, parameters.output_offset, depth * 255 * 128, weight_sums,
                weight_sum_factor(parameters.input_offset), block);
}

// Where convolve() has a block's constants from: packed when they are wanted,
class PackedOnCall {
 public:
  PackedOnCall(const reference::Conv2DParameters& parameters, const int8_t* filter,
               const int32_t* bias)
      : parameters_(parameters), filter_(filter), bias_(bias) {}
  STAPES_TARGET const uint8_t* block(const ConvolutionBlocks& blocks, int32_t index,
                                     int32_t channels) {
    pack_block(parameters_, filter_, bias_, blocks.depth, index * blocks.channels, channels,
               memory_);
    return memory_;
  }

 private:
  const reference::Conv2DParameters& parameters_;
  const int8_t* filter_;
  const int32_t* bias_;
  alignas(64) uint8_t memory_[sizeof(ChannelBlock) + kPackedCapacity * sizeof(Weight)];
};

// or long before.
class PackedBefore {
 public:
  explicit PackedBefore(const void* packed) : packed_(aligned_to_line(packed)) {}
  const uint8_t* block(const ConvolutionBlocks& blocks, int32_t index, int32_t) const {
    return packed_ + static_cast<size_t>(index) * blocks.bytes;
  }

 private:
  const uint8_t* packed_;
};

// REQUIRES: is_convolved_here()
template <typename Constants>
STAPES_TARGET void convolve(const reference::Conv2DParameters& parameters, const int8_t* input,
                            Constants& constants, int8_t* output) {
  const Window2D& window = parameters.window;
  const ConvolutionBlocks blocks = blocks_of(window);
  const int32_t depth = blocks.depth;
  const int32_t places = window.batches * window.output_height * window.output_width;
  const int32_t most_rows =
      kOperandCapacity / depth < kMostRowsOfChunk ? kOperandCapacity / depth : kMostRowsOfChunk;
  const int32_t chunks = (places + most_rows - 1) / most_rows;

  alignas(64) Operand operands[kOperandCapacity + kMostCopied];
  alignas(64) Operand padded_operands[kPaddedCapacity + kMostCopied];
  const PaddedInput padded = pad_input(window, parameters.input_offset, input, padded_operands);
  const bool is_in_place = is_read_in_place(window, padded);
  const int32_t place_step =
      is_in_place ? window.stride_height * padded.width * window.input_channels : depth;
  alignas(64) int32_t sums[kMostRowsOfChunk * kMostChannels];
  for (int32_t index = 0; index < blocks.count; ++index) {
    const int32_t first = index * blocks.channels;
    const int32_t left = window.output_channels - first;
    const int32_t channels = left < blocks.channels ? left : blocks.channels;
    const int32_t vectors = (channels + kLanes - 1) / kLanes;
    const uint8_t* packed = constants.block(blocks, index, channels);
    const auto& block = *reinterpret_cast<const ChannelBlock*>(packed);
    const auto* weights = reinterpret_cast<const Weight*>(packed + sizeof(ChannelBlock));
    int32_t place = 0;
    for (int32_t chunk = 1; chunk <= chunks; ++chunk) {
      const auto end = static_cast<int32_t>(int64_t{places} * chunk / chunks);
      const int32_t rows = end - place;
      if (!is_in_place && (first == 0 || chunks > 1)) {
        gather_places(window, parameters.input_offset, input, padded, place, rows, depth, operands);
      }
      sum_all_rows(vectors, is_in_place ? padded.operands + place * place_step : operands,
                   place_step, rows, weights, depth, block.bias, sums);
      requantize_block(vectors, sums, rows, block, parameters, first, channels,
                       output + place * window.output_channels + first);
      place = end;
    }
  }
}

STAPES_TARGET void conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                           const int8_t* filter, const int32_t* bias, int8_t* output) {
  if (!is_convolved_here(parameters.window)) {
    reference::conv_2d(parameters, input, filter, bias, output);
    return;
  }
  PackedOnCall constants(parameters, filter, bias);
  convolve(parameters, input, constants, output);
}

size_t packed_bytes_of_conv_2d(const reference::Conv2DParameters& parameters) {
  if (!is_convolved_here(parameters.window)) return 0;
  const ConvolutionBlocks blocks = blocks_of(parameters.window);
  return static_cast<size_t>(blocks.count) * blocks.bytes + kLineBytes;
}

STAPES_TARGET void pack_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* filter,
                                const int32_t* bias, void* packed) {
  const ConvolutionBlocks blocks = blocks_of(parameters.window);
  uint8_t* memory = aligned_to_line(packed);
  for (int32_t index = 0; index < blocks.count; ++index) {
    const int32_t first = index * blocks.channels;
    const int32_t left = parameters.window.output_channels - first;
    pack_block(parameters, filter, bias, blocks.depth, first,
               left < blocks.channels ? left : blocks.channels,
               memory + static_cast<size_t>(index) * blocks.bytes);
  }
}

STAPES_TARGET void packed_conv_2d(const reference::Conv2DParameters& parameters,
                                  const int8_t* input, const void* packed, int8_t* output) {
  PackedBefore constants(packed);
  convolve(parameters, input, constants, output);
}

}  // namespace stapes::x86::STAPES_LEVEL
