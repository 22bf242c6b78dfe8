#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/plane.h"

#include <cstring>

namespace stapes::arm_mve {
namespace {

int64_t extent(int32_t output, int32_t stride, int32_t filter, int32_t dilation) {
  return int64_t{output - 1} * stride + int64_t{filter - 1} * dilation + 1;
}

int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

// Copies `count` bytes that lie `step` apart (offsets: of eight of them) to one behind the other.
void gather(const int8_t* from, uint16x8_t offsets, int32_t step, int32_t count, int8_t* to) {
  int16x8_t values;
  asm volatile(
      "dlstp.16 lr, %[count]\n"
      "1:\n"
      "vldrb.s16 %q[values], [%[from], %q[offsets]]\n"
      "add %[from], %[from], %[step]\n"
      "vstrb.16 %q[values], [%[to]], #8\n"
      "letp lr, 1b\n"
      : [from] "+&r"(from), [to] "+&l"(to), [values] "=&w"(values)
      : [offsets] "w"(offsets), [step] "r"(8 * step), [count] "r"(count)
      : "lr", "memory");
}

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
  return farthest <= UINT8_MAX && int64_t{window.input_channels} * 7 <= UINT16_MAX;
}

Plane::Plane(const Window2D& window, int8_t zero_point)
    : stride_height_(window.stride_height),
      stride_width_(window.stride_width),
      pixel_step_(window.input_channels) {
  const auto height = static_cast<int32_t>(extent(window.output_height, window.stride_height,
                                                  window.filter_height, window.dilation_height));
  width_ = static_cast<int32_t>(
      extent(window.output_width, window.stride_width, window.filter_width, window.dilation_width));
  // Rows and columns of the input that windows reach.
  runs_ = smaller(window.input_height, height - window.padding_top);
  run_length_ = smaller(window.input_width, width_ - window.padding_left);
  if (runs_ <= 0 || run_length_ <= 0) runs_ = run_length_ = 0;
  run_step_ = window.input_width * window.input_channels;
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
  pixels_ = vmulq_n_u16(vidupq_n_u16(0, 1), static_cast<uint16_t>(pixel_step_));
  std::memset(bytes_, zero_point, static_cast<size_t>(height * width_ + kTaps));
}

void Plane::read(const int8_t* image) {
  int8_t* to = bytes_ + first_;
  for (int32_t run = 0; run < runs_; ++run) {
    gather(image, pixels_, pixel_step_, run_length_, to);
    image += run_step_;
    to += width_;
  }
}

}  // namespace stapes::arm_mve
#endif
