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

}  // namespace

bool columns_fit(const Window2D& window) {
  return int64_t{window.filter_height} * window.filter_width * window.input_channels <=
         Columns::kMaximumDepth;
}

Columns::Columns(const reference::Conv2DParameters& parameters, const int8_t* input)
    : window_(parameters.window),
      input_(input),
      input_end_(input + input_size(window_)),
      zero_point_(static_cast<int8_t>(-parameters.input_offset)),
      pixels_(window_.batches * window_.output_height * window_.output_width),
      depth_(window_depth(window_)),
      vectors_((depth_ + kVectorBytes - 1) / kVectorBytes) {
  const bool has_dense_rows = window_.filter_width == 1 || window_.dilation_width == 1;
  is_one_run_ = has_dense_rows &&
                (window_.filter_height == 1 ||
                 (window_.dilation_height == 1 && window_.filter_width == window_.input_width));
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
  const int32_t last_y =
      window_.input_height - (window_.filter_height - 1) * window_.dilation_height;
  const int32_t last_x = window_.input_width - (window_.filter_width - 1) * window_.dilation_width;
  const int32_t line = pixel / window_.output_width;
  int32_t x = pixel % window_.output_width;
  int32_t y = line % window_.output_height;
  int32_t batch = line / window_.output_height;
  int32_t origin_y = y * window_.stride_height - window_.padding_top;

  const int32_t left = pixels_ - pixel;
  const int32_t limit = left < blocks_.kCapacity ? left : blocks_.kCapacity;
  int8_t* room = gathered_;
  blocks_.clear();
  int32_t count = 0;
  for (; count < limit; ++count) {
    const int32_t origin_x = x * window_.stride_width - window_.padding_left;
    const int8_t* column = nullptr;
    if (is_one_run_ && origin_y >= 0 && origin_y < last_y && origin_x >= 0 && origin_x < last_x) {
      column =
          input_ + ((batch * window_.input_height + origin_y) * window_.input_width + origin_x) *
                       window_.input_channels;
    }
    if (column == nullptr || input_end_ - column < column_bytes) {
      if (room + column_bytes > gathered_ + kCapacity) break;
      gather(batch, origin_y, origin_x, room);
      column = room;
      room += column_bytes;
    }
    blocks_.add(column);
    if (++x == window_.output_width) {
      x = 0;
      if (++y == window_.output_height) {
        y = 0;
        ++batch;
      }
      origin_y = y * window_.stride_height - window_.padding_top;
    }
  }
  blocks_.finish(window_.output_channels);
  return count;
}

}  // namespace stapes::arm_mve
#endif
