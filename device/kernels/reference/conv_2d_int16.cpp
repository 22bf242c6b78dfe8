#include "device/kernels/reference/conv_2d_int16.h"

#include "device/kernels/reference/taps.h"

namespace stapes::reference {
namespace {

// sum(batch, rows, columns, origin_y, origin_x, output channel) for every output element, in order.
// The bias's type is that of the whole sum.
template <typename Bias, typename Sum>
void for_each_output(const Conv2DParameters& parameters, const Bias* bias, int16_t* output,
                     const Sum& sum_of) {
  const Window2D& window = parameters.window;
  for (int32_t batch = 0; batch < window.batches; ++batch) {
    for (int32_t y = 0; y < window.output_height; ++y) {
      const int32_t origin_y = y * window.stride_height - window.padding_top;
      const Taps rows =
          taps_inside(origin_y, window.dilation_height, window.filter_height, window.input_height);
      for (int32_t x = 0; x < window.output_width; ++x) {
        const int32_t origin_x = x * window.stride_width - window.padding_left;
        const Taps columns =
            taps_inside(origin_x, window.dilation_width, window.filter_width, window.input_width);
        for (int32_t channel = 0; channel < window.output_channels; ++channel) {
          uint64_t sum = bias == nullptr ? 0 : static_cast<uint64_t>(bias[channel]);
          for (int32_t row = rows.first; row < rows.last; ++row) {
            const int32_t in_y = origin_y + row * window.dilation_height;
            for (int32_t column = columns.first; column < columns.last; ++column) {
              const int32_t in_x = origin_x + column * window.dilation_width;
              const int32_t pixel =
                  (batch * window.input_height + in_y) * window.input_width + in_x;
              sum +=
                  static_cast<uint64_t>(sum_of(pixel, row * window.filter_width + column, channel));
            }
          }
          const int32_t value =
              multiply_sum(static_cast<Bias>(sum), parameters.multipliers[channel]);
          *output++ = static_cast<int16_t>(
              clamp(value, parameters.activation_minimum, parameters.activation_maximum));
        }
      }
    }
  }
}

template <typename Bias>
void convolve(const Conv2DParameters& parameters, const int16_t* input, const int8_t* filter,
              const Bias* bias, int16_t* output) {
  const int32_t channels = parameters.window.input_channels;
  const int32_t group_inputs = channels / parameters.window.groups;
  const int32_t group_outputs = parameters.window.output_channels / parameters.window.groups;
  const int32_t taps = parameters.window.filter_height * parameters.window.filter_width;
  for_each_output(parameters, bias, output, [=](int32_t pixel, int32_t tap, int32_t channel) {
    const int16_t* const values = input + pixel * channels + channel / group_outputs * group_inputs;
    const int8_t* const weights = filter + (channel * taps + tap) * group_inputs;
    int64_t sum = 0;
    for (int32_t i = 0; i < group_inputs; ++i) sum += values[i] * weights[i];
    return sum;
  });
}

}  // namespace

void conv_2d(const Conv2DParameters& parameters, const int16_t* input, const int8_t* filter,
             const int64_t* bias, int16_t* output) {
  convolve(parameters, input, filter, bias, output);
}

void depthwise_conv_2d(const Conv2DParameters& parameters, const int16_t* input,
                       const int8_t* filter, const int64_t* bias, int16_t* output) {
  const Window2D& window = parameters.window;
  const int32_t channels = window.input_channels;
  const int32_t outputs = window.output_channels;
  const int32_t multiplier = window.depth_multiplier;
  for_each_output(parameters, bias, output, [=](int32_t pixel, int32_t tap, int32_t channel) {
    return int64_t{input[pixel * channels + channel / multiplier] *
                   filter[tap * outputs + channel]};
  });
}

void conv_2d_in_32_bits(const Conv2DParameters& parameters, const int16_t* input,
                        const int8_t* filter, const int32_t* bias, int16_t* output) {
  convolve(parameters, input, filter, bias, output);
}

}  // namespace stapes::reference
