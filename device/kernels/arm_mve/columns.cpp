#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/columns.h"

#include <cstring>

#include "device/kernels/reference/taps.h"

namespace stapes::arm_mve {
namespace {

int32_t window_depth(const Window2D& window) {
  return window.filter_height * window.filter_width * window.input_channels;
}

int32_t input_size(const Window2D& window) {
  return window.batches * window.input_height * window.input_width * window.input_channels;
}

int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

// A window over a single column of the input, as one over a single row, which has the same elements
// in the same places.
Window2D laid_down(const Window2D& window) {
  if (window.input_width != 1 || window.output_width != 1 || window.filter_width != 1 ||
      window.padding_left != 0) {
    return window;
  }
  Window2D row = window;
  row.input_width = window.input_height;
  row.filter_width = window.filter_height;
  row.output_width = window.output_height;
  row.stride_width = window.stride_height;
  row.dilation_width = window.dilation_height;
  row.padding_left = window.padding_top;
  row.input_height = row.filter_height = row.output_height = row.stride_height = 1;
  row.dilation_height = 1;
  row.padding_top = 0;
  return row;
}

}  // namespace

bool columns_fit(const Window2D& window) {
  return int64_t{window.filter_height} * window.filter_width * window.input_channels <=
         Columns::kMaximumDepth;
}

Columns::Columns(const reference::Conv2DParameters& parameters, const int8_t* input)
    : window_(laid_down(parameters.window)),
      input_(input),
      input_end_(input + input_size(window_)),
      zero_point_(static_cast<int8_t>(-parameters.input_offset)),
      pixels_(window_.batches * window_.output_height * window_.output_width),
      depth_(window_depth(window_)),
      vectors_((depth_ + kVectorBytes - 1) / kVectorBytes) {
  const bool has_dense_rows = window_.filter_width == 1 || window_.dilation_width == 1;
  const bool has_dense_columns =
      window_.filter_height == 1 ||
      (window_.dilation_height == 1 && window_.filter_width == window_.input_width);
  is_one_run_ = has_dense_rows && has_dense_columns;
  // Places of the first tap at which the last one is inside.
  const int32_t places = window_.input_width - (window_.filter_width - 1) * window_.dilation_width;
  const int32_t stride = window_.stride_width;
  inside_begin_ = (window_.padding_left + stride - 1) / stride;
  inside_end_ = places <= 0 ? 0 : (window_.padding_left + places - 1) / stride + 1;
  inside_end_ = smaller(inside_end_, window_.output_width);
}

void Columns::gather(int32_t batch, int32_t origin_y, int32_t origin_x, int8_t* column) const {
  const reference::Taps rows = reference::taps_inside(origin_y, window_.dilation_height,
                                                      window_.filter_height, window_.input_height);
  const reference::Taps taps = reference::taps_inside(origin_x, window_.dilation_width,
                                                      window_.filter_width, window_.input_width);
  const int32_t channels = window_.input_channels;
  const bool is_whole = rows.first == 0 && rows.last == window_.filter_height && taps.first == 0 &&
                        taps.last == window_.filter_width;
  if (!is_whole) std::memset(column, zero_point_, static_cast<size_t>(depth_));
  const bool has_runs = window_.dilation_width == 1;  // taps of a row lie one behind the other
  const int32_t step = has_runs ? taps.last - taps.first : 1;
  if (step <= 0) return;
  for (int32_t row = rows.first; row < rows.last; ++row) {
    const int32_t y = origin_y + row * window_.dilation_height;
    for (int32_t tap = taps.first; tap < taps.last; tap += step) {
      const int32_t x = origin_x + tap * window_.dilation_width;
      std::memcpy(
          column + (row * window_.filter_width + tap) * channels,
          input_ + ((batch * window_.input_height + y) * window_.input_width + x) * channels,
          static_cast<size_t>(step * channels));
    }
  }
}

int32_t Columns::collect(int32_t pixel) {
  const int32_t column_bytes = vectors_ * kVectorBytes;
  const int8_t* const last_readable = input_end_ - column_bytes;
  const int32_t channels = window_.input_channels;
  const int32_t row_places =
      window_.input_height - (window_.filter_height - 1) * window_.dilation_height;
  const int32_t line = pixel / window_.output_width;
  int32_t x = pixel % window_.output_width;
  int32_t y = line % window_.output_height;
  int32_t batch = line / window_.output_height;

  const int32_t limit = smaller(pixels_ - pixel, kPixels);
  int8_t* room = gathered_;
  int32_t count = 0;
  while (count < limit) {
    const int32_t origin_y = y * window_.stride_height - window_.padding_top;
    const bool is_inside = is_one_run_ && origin_y >= 0 && origin_y < row_places;
    const int32_t end = smaller(window_.output_width, x + limit - count);
    while (x < end) {
      const int32_t origin_x = x * window_.stride_width - window_.padding_left;
      if (is_inside && x >= inside_begin_ && x < inside_end_) {
        const int32_t step = window_.stride_width * channels;
        const int32_t last = smaller(end, inside_end_);
        const int8_t* column =
            input_ +
            ((batch * window_.input_height + origin_y) * window_.input_width + origin_x) * channels;
        const int8_t** to = columns_ + count;
        const int32_t before = x;
        for (; x < last && column <= last_readable; ++x) {
          *to++ = column;
          column += step;
        }
        count += x - before;
        if (x > before) continue;
      }
      if (room + column_bytes > gathered_ + kCapacity) break;
      gather(batch, origin_y, origin_x, room);
      columns_[count++] = room;
      room += column_bytes;
      ++x;
    }
    if (x < end) break;  // no more room
    if (x == window_.output_width) {
      x = 0;
      if (++y == window_.output_height) {
        y = 0;
        ++batch;
      }
    }
  }
  for (int32_t i = count; i < kPixelsPerBlock; ++i) columns_[i] = columns_[count - 1];
  return count;
}

}  // namespace stapes::arm_mve
#endif
