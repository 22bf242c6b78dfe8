#include "device/kernels/reference/conv_2d.h"

#include "device/kernels/reference/dot_product.h"
#include "device/kernels/reference/taps.h"

namespace stapes::reference {
namespace {

// One place of the window: the taps inside the input, as runs of elements that lie one behind the
// other in input and filter alike. A 1x1 filter is one run of all of a group's channels.
struct Runs {
  const int8_t* input;   // at the first tap
  int32_t filter_start;  // of the first tap in one channel's filter
  int32_t rows;
  int32_t columns;
  int32_t length;  // elements per run
  int32_t input_row_step;
  int32_t input_column_step;
  int32_t filter_row_step;
  int32_t filter_column_step;
};

Runs runs_of(const Window2D& window, const int8_t* input, int32_t batch, int32_t y, int32_t x) {
  const int32_t origin_y = y * window.stride_height - window.padding_top;
  const int32_t origin_x = x * window.stride_width - window.padding_left;
  const Taps rows =
      taps_inside(origin_y, window.dilation_height, window.filter_height, window.input_height);
  const Taps columns =
      taps_inside(origin_x, window.dilation_width, window.filter_width, window.input_width);
  const int32_t channels = window.input_channels / window.groups;
  Runs runs;
  runs.rows = rows.last - rows.first;
  runs.columns = columns.last - columns.first;
  runs.length = channels;
  runs.filter_start = (rows.first * window.filter_width + columns.first) * channels;
  runs.filter_column_step = channels;
  runs.filter_row_step = window.filter_width * channels;
  runs.input_column_step = window.dilation_width * window.input_channels;
  runs.input_row_step = window.dilation_height * window.input_width * window.input_channels;
  runs.input = input;
  if (runs.rows > 0 && runs.columns > 0) {
    const int32_t first_y = origin_y + rows.first * window.dilation_height;
    const int32_t first_x = origin_x + columns.first * window.dilation_width;
    runs.input += ((batch * window.input_height + first_y) * window.input_width + first_x) *
                  window.input_channels;
  }
  // Taps beside each other are one run when no input lies between them, not even another group's;
  // rows likewise when a row of taps is a whole row of the filter and of the input.
  if (runs.columns == 1 || runs.input_column_step == channels) {
    runs.length *= runs.columns;
    runs.columns = 1;
    if (runs.length == runs.input_row_step && runs.length == runs.filter_row_step) {
      runs.length *= runs.rows;
      runs.rows = runs.rows > 0 ? 1 : 0;
    }
  }
  return runs;
}

int32_t accumulate(const Runs& runs, int32_t input_offset, const int8_t* filter) {
  uint32_t sum = 0;
  filter += runs.filter_start;
  for (int32_t row = 0; row < runs.rows; ++row) {
    for (int32_t column = 0; column < runs.columns; ++column) {
      sum += static_cast<uint32_t>(dot_product(
          runs.input + row * runs.input_row_step + column * runs.input_column_step, input_offset,
          filter + row * runs.filter_row_step + column * runs.filter_column_step, runs.length));
    }
  }
  return static_cast<int32_t>(sum);
}

}  // namespace

void conv_2d(const Conv2DParameters& parameters, const int8_t* input, const int8_t* filter,
             const int32_t* bias, int8_t* output) {
  const Window2D& window = parameters.window;
  const int32_t group_inputs = window.input_channels / window.groups;
  const int32_t group_outputs = window.output_channels / window.groups;
  const int32_t filter_size = window.filter_height * window.filter_width * group_inputs;
  for (int32_t batch = 0; batch < window.batches; ++batch) {
    for (int32_t y = 0; y < window.output_height; ++y) {
      for (int32_t x = 0; x < window.output_width; ++x) {
        int32_t group_end = group_outputs;
        Runs runs = runs_of(window, input, batch, y, x);
        for (int32_t channel = 0; channel < window.output_channels; ++channel) {
          if (channel == group_end) {
            runs.input += group_inputs;
            group_end += group_outputs;
          }
          int32_t sum = accumulate(runs, parameters.input_offset, filter + channel * filter_size);
          if (bias != nullptr) sum = wrapping_add(sum, bias[channel]);
          const int32_t value = wrapping_add(multiply(sum, parameters.multipliers[channel]),
                                             parameters.output_offset);
          *output++ = static_cast<int8_t>(
              clamp(value, parameters.activation_minimum, parameters.activation_maximum));
        }
      }
    }
  }
}

}  // namespace stapes::reference
