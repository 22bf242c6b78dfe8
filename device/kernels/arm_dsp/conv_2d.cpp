#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/conv_2d.h"

#include "device/kernels/arm_dsp/columns.h"
#include "device/kernels/arm_dsp/convolve_block.h"
#include "device/kernels/arm_dsp/one_pixel.h"
#include "device/kernels/arm_dsp/requantization.h"
#include "device/kernels/reference/taps.h"

// The inputs under the windows of seven or four output pixels ("columns") are widened to int16_t
// once, with the input's offset added and doubled, and meet each channel's filter where it lies in
// flash (convolve_block.cpp). Taps outside the input count as the zero point, which is 0 after the
// offset, so borders need no other loop. What follows the sums is made ready for some channels at a
// time, once for all pixels.
namespace stapes::arm_dsp {
namespace {

constexpr int32_t kColumnCapacity = 1280;  // elements of all columns together
constexpr int32_t kGatherCapacity = 512;   // elements of a window whose rows are no whole words
constexpr int32_t kMemory = 960;           // words for columns and channels
constexpr int32_t kMost = 7;               // pixels at once, and the other possibility
constexpr int32_t kFewer = 4;

struct Pixel {
  int32_t batch;
  int32_t y;
  int32_t x;
};

Pixel pixel_at(const Window2D& window, int32_t index) {
  const int32_t line = index / window.output_width;
  return {line / window.output_height, line % window.output_height, index % window.output_width};
}

// Whether the window of output pixel i is input pixel i.
bool is_pointwise(const Window2D& window) {
  return window.filter_height == 1 && window.filter_width == 1 && window.stride_height == 1 &&
         window.stride_width == 1 && window.padding_top == 0 && window.padding_left == 0 &&
         window.output_height == window.input_height && window.output_width == window.input_width;
}

// The inputs under a pixel's window.
struct WindowOfPixel {
  const int8_t* image;
  int32_t origin_y;
  int32_t origin_x;
  reference::Taps rows;
  reference::Taps columns;
};

WindowOfPixel window_at(const Window2D& window, const int8_t* input, const Pixel& pixel) {
  const int32_t origin_y = pixel.y * window.stride_height - window.padding_top;
  const int32_t origin_x = pixel.x * window.stride_width - window.padding_left;
  return {input + pixel.batch * window.input_height * window.input_width * window.input_channels,
          origin_y, origin_x,
          reference::taps_inside(origin_y, window.dilation_height, window.filter_height,
                                 window.input_height),
          reference::taps_inside(origin_x, window.dilation_width, window.filter_width,
                                 window.input_width)};
}

// The window's elements where they lie, when they lie one behind the other; else null.
const int8_t* contiguous_values(const Window2D& window, const WindowOfPixel& at) {
  const bool is_whole = at.rows.first == 0 && at.rows.last == window.filter_height &&
                        at.columns.first == 0 && at.columns.last == window.filter_width;
  const bool has_dense_rows = window.filter_width == 1 || window.dilation_width == 1;
  const bool is_one_run = window.filter_height == 1 || (window.dilation_height == 1 &&
                                                        window.filter_width == window.input_width);
  if (!is_whole || !has_dense_rows || !is_one_run) return nullptr;
  return at.image + (at.origin_y * window.input_width + at.origin_x) * window.input_channels;
}

// Calls pad(elements) and copy(values, elements) for the elements of a window, in the filter's
// order.
template <typename Pad, typename Copy>
void for_each_run(const Window2D& window, const WindowOfPixel& at, const Pad& pad,
                  const Copy& copy) {
  const int32_t channels = window.input_channels;
  const int32_t row_size = window.filter_width * channels;
  const int32_t inside = at.columns.last - at.columns.first;
  const bool is_dense = window.dilation_width == 1;
  const int32_t runs = is_dense ? (inside > 0 ? 1 : 0) : inside;
  const int32_t run = is_dense ? inside * channels : channels;
  for (int32_t row = 0; row < window.filter_height; ++row) {
    if (row < at.rows.first || row >= at.rows.last) {
      pad(row_size);
      continue;
    }
    pad(at.columns.first * channels);
    const int32_t y = at.origin_y + row * window.dilation_height;
    const int32_t x = at.origin_x + at.columns.first * window.dilation_width;
    const int8_t* values = at.image + (y * window.input_width + x) * channels;
    for (int32_t i = 0; i < runs; ++i, values += window.dilation_width * channels) {
      copy(values, run);
    }
    pad((window.filter_width - at.columns.last) * channels);
  }
}

// Widens a pixel's column. `gathered` is used when the groups of four do not fit the runs.
void write_column(const Window2D& window, const Pixel& pixel, const int8_t* input,
                  int8_t zero_point, int8_t* gathered, ColumnWriter writer) {
  const WindowOfPixel at = window_at(window, input, pixel);
  const int32_t size = window.filter_height * window.filter_width * window.input_channels;
  if (const int8_t* whole = contiguous_values(window, at)) {
    writer.values(whole, size);
  } else if (window.input_channels % 4 == 0) {
    for_each_run(
        window, at, [&](int32_t count) { writer.padding(count); },
        [&](const int8_t* values, int32_t count) { writer.values(values, count); });
  } else {
    int8_t* to = gathered;
    for_each_run(
        window, at,
        [&](int32_t count) {
          std::memset(to, zero_point, static_cast<size_t>(count));
          to += count;
        },
        [&](const int8_t* values, int32_t count) {
          std::memcpy(to, values, static_cast<size_t>(count));
          to += count;
        });
    writer.values(gathered, size);
  }
}

// Some channels of the output.
struct Channels {
  int32_t first;
  int32_t last;
};

// These channels of one pixel.
void convolve_one(const reference::Conv2DParameters& parameters, const Channels& channels,
                  int32_t size, const int32_t* column, const int8_t* filter, const int32_t* bias,
                  int8_t* output) {
  const ActivationRange range = {parameters.activation_minimum, parameters.activation_maximum};
  const bool is_narrowed = range.is_narrowed();
  for (int32_t channel = channels.first; channel < channels.last; ++channel) {
    const int32_t channel_bias = bias == nullptr ? 0 : bias[channel];
    const reference::Multiplier multiplier = parameters.multipliers[channel];
    const Requantization requantization =
        make_requantization(channel_bias, multiplier, parameters.output_offset, size * 255 * 128);
    const int32_t sum =
        multiply_column(column, filter + channel * size, size, requantization.doubled_bias);
    const int32_t value =
        requantization.is_fast()
            ? requantize(sum, requantization)
            : requantize_slowly(sum, channel_bias, multiplier, parameters.output_offset);
    output[channel] = clamp_output(value, range, is_narrowed);
  }
}

// False when one of them is not fast.
bool make_constants(const reference::Conv2DParameters& parameters, const Channels& channels,
                    int32_t size, const int8_t* filter, const int32_t* bias,
                    ChannelConstants* constants) {
  const int32_t rest = size & 3;
  for (int32_t channel = channels.first; channel < channels.last; ++channel) {
    const int32_t channel_bias = bias == nullptr ? 0 : bias[channel];
    const reference::Multiplier multiplier = parameters.multipliers[channel];
    if (!allows_fast_requantization(channel_bias, multiplier, size * 255 * 128)) return false;
    const Requantization r =
        fast_requantization(channel_bias, multiplier, parameters.output_offset);
    const int32_t tail = rest == 0 ? 0 : load_part(filter + channel * size + size - rest, rest);
    *constants++ = {r.multiplier, r.rounding, r.shift, r.doubled_bias, tail};
  }
  return true;
}

// How many pixels to do at once when `left` of `all` are left. Fewer at the end are as many, of
// which the first are computed once more.
int32_t pixels_at_once(int32_t size, int32_t left, int32_t all) {
  const int32_t groups = (size + 3) / 4;
  const bool fits_most = groups * 4 * kMost <= kColumnCapacity;
  const bool fits_fewer = groups * 4 * kFewer <= kColumnCapacity;
  if (fits_most && all >= kMost && (left > kFewer || !fits_fewer)) return kMost;
  if (fits_fewer && all >= kFewer && left > 1) return kFewer;
  return 1;
}

// Memory on the stack. The columns come first, and then the constants of as many channels as fit.
struct Buffers {
  alignas(8) int32_t memory[kMemory];
  int8_t gathered[kGatherCapacity];
  ChannelConstants* constants;
};

// These channels of all pixels.
void convolve(const reference::Conv2DParameters& parameters, const Channels& channels, int32_t size,
              const int8_t* input, const int8_t* filter, const int32_t* bias, int8_t* output,
              Buffers* buffers) {
  const Window2D& window = parameters.window;
  const auto zero_point = static_cast<int8_t>(-parameters.input_offset);
  const ActivationRange range = {parameters.activation_minimum, parameters.activation_maximum};
  const bool pointwise = is_pointwise(window);
  const int32_t offsets = both_lanes(parameters.input_offset);
  const bool is_fast = make_constants(parameters, channels, size, filter, bias, buffers->constants);
  const int32_t count = channels.last - channels.first;
  const int32_t groups = (size + 3) / 4;
  ConvolutionBlock block;
  block.columns = buffers->memory;
  block.channel = buffers->constants;
  block.channels_end = buffers->constants + count;
  block.weights = filter + channels.first * size;
  block.rest = size & 3;
  block.output_step = window.output_channels;

  const int32_t all = window.batches * window.output_height * window.output_width;
  for (int32_t done = 0; done < all;) {
    const int32_t pixels = is_fast ? pixels_at_once(size, all - done, all) : 1;
    if (all - done < pixels) done = all - pixels;
    for (int32_t p = 0; p < pixels; ++p) {
      ColumnWriter writer = {buffers->memory + p, pixels, offsets};
      if (pointwise) {
        writer.values(input + (done + p) * size, size);
      } else {
        write_column(window, pixel_at(window, done + p), input, zero_point, buffers->gathered,
                     writer);
      }
    }
    int8_t* at = output + done * window.output_channels;
    if (pixels == 1) {
      convolve_one(parameters, channels, size, buffers->memory, filter, bias, at);
    } else {
      const int32_t group = 2 * pixels;  // words
      block.columns_end = block.columns + groups * group;
      block.fives = block.columns_end - size / 20 * 5 * group;
      block.output = at + channels.first;
      (pixels == kMost ? convolve_seven_pixels : convolve_four_pixels)(&block);
      if (range.is_narrowed()) {
        for (int32_t p = 0; p < pixels; ++p) {
          clamp_bytes(at + p * window.output_channels + channels.first, count, range);
        }
      }
    }
    done += pixels;
  }
}

}  // namespace

void conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
             const int8_t* filter, const int32_t* bias, int8_t* output) {
  const Window2D& window = parameters.window;
  const int64_t size = int64_t{window.filter_height} * window.filter_width * window.input_channels;
  if (window.groups != 1 ||
      size > (window.input_channels % 4 == 0 ? kColumnCapacity : kGatherCapacity)) {
    reference::conv_2d(parameters, input, filter, bias, output);
    return;
  }
  const auto elements = static_cast<int32_t>(size);
  const int32_t all = window.batches * window.output_height * window.output_width;
  if (all == 1) {
    const int8_t* values = contiguous_values(window, window_at(window, input, {0, 0, 0}));
    if (values != nullptr) {
      convolve_only_pixel(parameters, elements, values, filter, bias, output);
      return;
    }
  }
  Buffers buffers;
  const int32_t columns = (elements + 3) / 4 * 2 * pixels_at_once(elements, all, all);
  constexpr int32_t kConstantWords = sizeof(ChannelConstants) / sizeof(int32_t);
  const int32_t at_once = (kMemory - columns) / kConstantWords;
  buffers.constants = reinterpret_cast<ChannelConstants*>(buffers.memory + columns);
  for (int32_t first = 0; first < window.output_channels; first += at_once) {
    const int32_t left = window.output_channels - first;
    const Channels channels = {first, left < at_once ? window.output_channels : first + at_once};
    convolve(parameters, channels, elements, input, filter, bias, output, &buffers);
  }
}

}  // namespace stapes::arm_dsp
#endif
