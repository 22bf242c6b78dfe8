// AVERAGE_POOL_2D: neighbouring channels in the lanes. Included once for each level, as
// products_body.h.
#pragma once
#include "device/kernels/reference/fixed_point.h"
#include "device/kernels/reference/pool_2d.h"
#include "device/kernels/reference/taps.h"

namespace stapes::x86::STAPES_LEVEL {

// Sums of up to kLanes channels over `rows` times `columns` pixels.
STAPES_TARGET inline Vector sum_pixels(const int8_t* input, int32_t rows, int32_t row_step,
                                       int32_t columns, int32_t column_step, int32_t count) {
  Vector sum = zero();
  for (int32_t row = 0; row < rows; ++row) {
    const int8_t* pixel = input + row * row_step;
    for (int32_t column = 0; column < columns; ++column) {
      sum = add(sum, load_bytes(pixel + column * column_step, count));
    }
  }
  return sum;
}

STAPES_TARGET void average_pool_2d(const reference::Pool2DParameters& parameters,
                                   const int8_t* input, int8_t* output) {
  const Window2D& window = parameters.window;
  const int32_t channels = window.input_channels;
  for (int32_t place = 0; place < window.batches * window.output_height * window.output_width;
       ++place) {
    const int32_t x = place % window.output_width;
    const int32_t y = place / window.output_width % window.output_height;
    const int32_t batch = place / window.output_width / window.output_height;
    const int32_t origin_y = y * window.stride_height - window.padding_top;
    const int32_t origin_x = x * window.stride_width - window.padding_left;
    const reference::Taps rows =
        reference::taps_inside(origin_y, 1, window.filter_height, window.input_height);
    const reference::Taps columns =
        reference::taps_inside(origin_x, 1, window.filter_width, window.input_width);
    const int32_t row = batch * window.input_height + origin_y + rows.first;
    const int32_t pixel = row * window.input_width + origin_x + columns.first;
    const int32_t elements = (rows.last - rows.first) * (columns.last - columns.first);
    const int32_t half = elements / 2;
    for (int32_t first = 0; first < channels; first += kLanes) {
      const int32_t count = channels - first < kLanes ? channels - first : kLanes;
      alignas(64) int32_t sums[kLanes] = {};
      if (elements > 0) {
        store(sums, sum_pixels(input + pixel * channels + first, rows.last - rows.first,
                               window.input_width * channels, columns.last - columns.first,
                               channels, count));
      }
      for (int32_t i = 0; i < count; ++i) {
        const int32_t value =
            elements == 0 ? 0 : (sums[i] > 0 ? sums[i] + half : sums[i] - half) / elements;
        *output++ = static_cast<int8_t>(
            reference::clamp(value, parameters.activation_minimum, parameters.activation_maximum));
      }
    }
  }
}

}  // namespace stapes::x86::STAPES_LEVEL
