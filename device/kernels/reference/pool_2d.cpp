#include "device/kernels/reference/pool_2d.h"

#include <limits>

#include "device/kernels/reference/fixed_point.h"
#include "device/kernels/reference/taps.h"

namespace stapes::reference {
namespace {

// Calls pool(first element of a channel, rows, columns) for every output element.
template <typename T, typename Pool>
void for_each_window(const Pool2DParameters& parameters, const T* input, T* output,
                     const Pool& pool) {
  const Window2D& window = parameters.window;
  const int32_t channels = window.input_channels;
  for (int32_t batch = 0; batch < window.batches; ++batch) {
    for (int32_t y = 0; y < window.output_height; ++y) {
      const int32_t origin_y = y * window.stride_height - window.padding_top;
      const Taps rows = taps_inside(origin_y, 1, window.filter_height, window.input_height);
      for (int32_t x = 0; x < window.output_width; ++x) {
        const int32_t origin_x = x * window.stride_width - window.padding_left;
        const Taps columns = taps_inside(origin_x, 1, window.filter_width, window.input_width);
        const int32_t pixel =
            (batch * window.input_height + origin_y + rows.first) * window.input_width + origin_x +
            columns.first;
        for (int32_t channel = 0; channel < channels; ++channel) {
          const int32_t value = pool(input + pixel * channels + channel, rows.last - rows.first,
                                     columns.last - columns.first);
          *output++ = static_cast<T>(
              clamp(value, parameters.activation_minimum, parameters.activation_maximum));
        }
      }
    }
  }
}

template <typename T>
void average(const Pool2DParameters& parameters, const T* input, T* output) {
  const int32_t channels = parameters.window.input_channels;
  const int32_t row_step = parameters.window.input_width * channels;
  for_each_window(parameters, input, output,
                  [=](const T* start, int32_t rows, int32_t columns) -> int32_t {
                    int32_t sum = 0;
                    for (int32_t row = 0; row < rows; ++row) {
                      for (int32_t column = 0; column < columns; ++column) {
                        sum += start[row * row_step + column * channels];
                      }
                    }
                    const int32_t count = rows * columns;
                    if (count == 0) return 0;
                    return (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
                  });
}

template <typename T>
void maximum(const Pool2DParameters& parameters, const T* input, T* output) {
  const int32_t channels = parameters.window.input_channels;
  const int32_t row_step = parameters.window.input_width * channels;
  for_each_window(parameters, input, output, [=](const T* start, int32_t rows, int32_t columns) {
    int32_t greatest = static_cast<int32_t>(std::numeric_limits<T>::min());
    for (int32_t row = 0; row < rows; ++row) {
      for (int32_t column = 0; column < columns; ++column) {
        const auto value = static_cast<int32_t>(start[row * row_step + column * channels]);
        if (value > greatest) greatest = value;
      }
    }
    return greatest;
  });
}

}  // namespace

void average_pool_2d(const Pool2DParameters& parameters, const int8_t* input, int8_t* output) {
  average(parameters, input, output);
}
void max_pool_2d(const Pool2DParameters& parameters, const int8_t* input, int8_t* output) {
  maximum(parameters, input, output);
}
void average_pool_2d(const Pool2DParameters& parameters, const int16_t* input, int16_t* output) {
  average(parameters, input, output);
}
void max_pool_2d(const Pool2DParameters& parameters, const int16_t* input, int16_t* output) {
  maximum(parameters, input, output);
}

}  // namespace stapes::reference
