#pragma once
#include <arm_mve.h>

#include "device/kernels/geometry.h"

namespace stapes::arm_mve {

// One channel of one image of the batch, row by row, with the padding that a window needs around
// it: what lies under a window begins at `at(output pixel)`, and its taps at fixed distances from
// there.
class Plane {
 public:
  static constexpr int32_t kCapacity = 2048;
  static constexpr int32_t kTaps = 16;

  // Whether a plane for this window has room, and the distances are below 256.
  static bool fits(const Window2D& window);

  // REQUIRES: fits(window).
  Plane(const Window2D& window, int8_t zero_point);

  // Takes over a channel. `image`: the channel's first element in the image.
  void read(const int8_t* image);

  // Distances of the taps in their order; the first tap's again behind the last.
  uint8x16_t taps() const { return taps_; }
  // Whether distances are 0, 1, 2, ...
  bool has_dense_taps() const { return has_dense_taps_; }
  const int8_t* at(int32_t y, int32_t x) const {
    return bytes_ + (y * stride_height_ * width_ + x * stride_width_);
  }

 private:
  int32_t width_;
  int32_t stride_height_;
  int32_t stride_width_;
  int32_t first_;  // place of the image's first element
  int32_t runs_;   // of elements that lie one behind the other in the plane
  int32_t run_length_;
  int32_t run_step_;    // from one to the next, in the input
  int32_t pixel_step_;  // in the input
  bool has_dense_taps_;
  uint8x16_t taps_;
  uint16x8_t pixels_;  // places of eight elements in the input
  // Sixteen bytes may be read from the last window's place.
  int8_t bytes_[kCapacity + kTaps];
};

}  // namespace stapes::arm_mve
