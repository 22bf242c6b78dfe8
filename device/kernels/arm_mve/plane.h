#pragma once
#include <arm_mve.h>

#include "device/kernels/geometry.h"

namespace stapes::arm_mve {

// Room for one channel of one image of the batch, row by row, with the padding that a window needs
// around it: what lies under a window begins at `at(output pixel)`, and its taps at fixed distances
// from there.
class Plane {
 public:
  static constexpr int32_t kCapacity = 2048;
  static constexpr int32_t kTaps = 16;

  // Whether a plane for this window has room, the distances are below 256, and some window reaches
  // the image.
  static bool fits(const Window2D& window);

  // Padding is `zero_point`. REQUIRES: fits(window).
  Plane(const Window2D& window, int8_t zero_point);

  const int8_t* at(int32_t y, int32_t x) const {
    return bytes_ + (y * stride_height_ * width_ + x * stride_width_);
  }
  // Distances of the taps in their order, and whether they are 0, 1, 2, ...
  uint8x16_t taps() const { return taps_; }
  bool has_dense_taps() const { return has_dense_taps_; }

  // The part of the image that windows reach: `runs` times `run_length` pixels that lie one behind
  // the other in the plane.
  int32_t runs() const { return runs_; }
  int32_t run_length() const { return run_length_; }
  int32_t width() const { return width_; }     // from a run to the next
  int8_t* first() { return bytes_ + first_; }  // place of the image's first element

 private:
  int32_t width_;
  int32_t stride_height_;
  int32_t stride_width_;
  int32_t first_;
  int32_t runs_;
  int32_t run_length_;
  bool has_dense_taps_;
  uint8x16_t taps_;
  // Sixteen bytes may be read from the last window's place.
  int8_t bytes_[kCapacity + kTaps];
};

}  // namespace stapes::arm_mve
