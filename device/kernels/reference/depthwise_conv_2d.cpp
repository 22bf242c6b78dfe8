#include "device/kernels/reference/depthwise_conv_2d.h"

#include "device/kernels/reference/taps.h"

namespace stapes::reference {
namespace {

// Channels are walked in blocks whose sums stay in a small array: for every tap the block's inputs
// and weights lie one behind the other.
constexpr int32_t kBlock = 32;

// sums[i] += (input of output channel first + i) * (weight of that channel)
void add_tap(const int8_t* input, const int8_t* weights, int32_t offset, int32_t multiplier,
             int32_t first, int32_t count, int32_t* sums) {
  const auto short_offset = static_cast<int16_t>(offset);
  if (multiplier == 1) {
    for (int32_t i = 0; i < count; ++i) {
      sums[i] += static_cast<int16_t>(input[first + i] + short_offset) * weights[i];
    }
  } else {
    for (int32_t i = 0; i < count; ++i) {
      sums[i] += (input[(first + i) / multiplier] + offset) * weights[i];
    }
  }
}

int8_t to_output(const Conv2DParameters& parameters, int32_t sum, const int32_t* bias,
                 int32_t channel) {
  if (bias != nullptr) sum = wrapping_add(sum, bias[channel]);
  const int32_t value =
      wrapping_add(multiply(sum, parameters.multipliers[channel]), parameters.output_offset);
  return static_cast<int8_t>(
      clamp(value, parameters.activation_minimum, parameters.activation_maximum));
}

}  // namespace

void depthwise_conv_2d(const Conv2DParameters& parameters, const int8_t* input,
                       const int8_t* filter, const int32_t* bias, int8_t* output,
                       int32_t first_channel, int32_t last_channel) {
  const Window2D& window = parameters.window;
  const int32_t channels = window.output_channels;
  for (int32_t batch = 0; batch < window.batches; ++batch) {
    for (int32_t y = 0; y < window.output_height; ++y) {
      const int32_t origin_y = y * window.stride_height - window.padding_top;
      const Taps rows =
          taps_inside(origin_y, window.dilation_height, window.filter_height, window.input_height);
      for (int32_t x = 0; x < window.output_width; ++x) {
        const int32_t origin_x = x * window.stride_width - window.padding_left;
        const Taps columns =
            taps_inside(origin_x, window.dilation_width, window.filter_width, window.input_width);
        for (int32_t first = first_channel; first < last_channel; first += kBlock) {
          const int32_t count = last_channel - first < kBlock ? last_channel - first : kBlock;
          int32_t sums[kBlock] = {};
          for (int32_t row = rows.first; row < rows.last; ++row) {
            const int32_t in_y = origin_y + row * window.dilation_height;
            for (int32_t column = columns.first; column < columns.last; ++column) {
              const int32_t in_x = origin_x + column * window.dilation_width;
              const int32_t pixel =
                  (batch * window.input_height + in_y) * window.input_width + in_x;
              add_tap(input + pixel * window.input_channels,
                      filter + (row * window.filter_width + column) * channels + first,
                      parameters.input_offset, window.depth_multiplier, first, count, sums);
            }
          }
          for (int32_t i = 0; i < count; ++i) {
            output[first + i] = to_output(parameters, sums[i], bias, first + i);
          }
        }
        output += channels;
      }
    }
  }
}

void depthwise_conv_2d(const Conv2DParameters& parameters, const int8_t* input,
                       const int8_t* filter, const int32_t* bias, int8_t* output) {
  depthwise_conv_2d(parameters, input, filter, bias, output, 0, parameters.window.output_channels);
}

void depthwise_conv_2d_by_channel(const Conv2DParameters& parameters, const int8_t* input,
                                  const int8_t* filter, const int32_t* bias, int8_t* output,
                                  int32_t first_channel, int32_t last_channel) {
  const Window2D& window = parameters.window;
  const int32_t column_step = window.dilation_width * window.input_channels;
  for (int32_t batch = 0; batch < window.batches; ++batch) {
    for (int32_t y = 0; y < window.output_height; ++y) {
      const int32_t origin_y = y * window.stride_height - window.padding_top;
      const Taps rows =
          taps_inside(origin_y, window.dilation_height, window.filter_height, window.input_height);
      for (int32_t x = 0; x < window.output_width; ++x) {
        const int32_t origin_x = x * window.stride_width - window.padding_left;
        const Taps columns =
            taps_inside(origin_x, window.dilation_width, window.filter_width, window.input_width);
        for (int32_t channel = first_channel; channel < last_channel; ++channel) {
          int32_t sum = 0;
          for (int32_t row = rows.first; row < rows.last; ++row) {
            const int32_t in_y = origin_y + row * window.dilation_height;
            const int32_t in_x = origin_x + columns.first * window.dilation_width;
            const int32_t pixel = (batch * window.input_height + in_y) * window.input_width + in_x;
            const int8_t* value =
                input + pixel * window.input_channels + channel / window.depth_multiplier;
            const int8_t* weights =
                filter + (channel * window.filter_height + row) * window.filter_width;
            for (int32_t column = columns.first; column < columns.last; ++column) {
              sum += (*value + parameters.input_offset) * weights[column];
              value += column_step;
            }
          }
          output[channel] = to_output(parameters, sum, bias, channel);
        }
        output += window.output_channels;
      }
    }
  }
}

void depthwise_conv_2d_by_channel(const Conv2DParameters& parameters, const int8_t* input,
                                  const int8_t* filter, const int32_t* bias, int8_t* output) {
  depthwise_conv_2d_by_channel(parameters, input, filter, bias, output, 0,
                               parameters.window.output_channels);
}

}  // namespace stapes::reference
