#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/plane.h"

#include <cstring>

namespace stapes::arm_mve {
namespace {

int64_t extent(int32_t output, int32_t stride, int32_t filter, int32_t dilation) {
  return int64_t{output - 1} * stride + int64_t{filter - 1} * dilation + 1;
}

int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

}  // namespace

bool Plane::fits(const Window2D& window) {
  const int64_t height = extent(window.output_height, window.stride_height, window.filter_height,
                                window.dilation_height);
  const int64_t width =
      extent(window.output_width, window.stride_width, window.filter_width, window.dilation_width);
  if (int64_t{window.filter_height} * window.filter_width > kTaps) return false;
  if (height > kCapacity || width > kCapacity || height * width > kCapacity) return false;
  const int64_t farthest = int64_t{window.filter_height - 1} * window.dilation_height * width +
                           int64_t{window.filter_width - 1} * window.dilation_width;
  return height > window.padding_top && width > window.padding_left && farthest <= UINT8_MAX &&
         int64_t{window.input_channels} * 7 <= UINT16_MAX;
}

Plane::Plane(const Window2D& window, int8_t zero_point)
    : stride_height_(window.stride_height), stride_width_(window.stride_width) {
  const auto height = static_cast<int32_t>(extent(window.output_height, window.stride_height,
                                                  window.filter_height, window.dilation_height));
  width_ = static_cast<int32_t>(
      extent(window.output_width, window.stride_width, window.filter_width, window.dilation_width));
  // Rows and columns of the input that windows reach.
  runs_ = smaller(window.input_height, height - window.padding_top);
  run_length_ = smaller(window.input_width, width_ - window.padding_left);
  first_ = window.padding_top * width_ + window.padding_left;
  if (run_length_ == width_ && run_length_ == window.input_width) {
    run_length_ *= runs_;
    runs_ = 1;
  }

  uint8_t distances[kTaps] = {};
  int32_t tap = 0;
  has_dense_taps_ = true;
  for (int32_t row = 0; row < window.filter_height; ++row) {
    for (int32_t column = 0; column < window.filter_width; ++column) {
      const int32_t distance =
          row * window.dilation_height * width_ + column * window.dilation_width;
      if (distance != tap) has_dense_taps_ = false;
      distances[tap++] = static_cast<uint8_t>(distance);
    }
  }
  taps_ = vldrbq_u8(distances);
  std::memset(bytes_, zero_point, static_cast<size_t>(height * width_ + kTaps));
}

}  // namespace stapes::arm_mve
#endif
