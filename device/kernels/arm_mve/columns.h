#pragma once
#include "device/kernels/arm_mve/pixel_blocks.h"
#include "device/kernels/reference/conv_2d.h"

// Columns: the inputs under the windows of output pixels, each in the order of a filter's weights.
namespace stapes::arm_mve {

// Columns of as many pixels as fit. A column is left where it lies in the input when its elements
// lie there one behind the other, and whole vectors can be read from it without leaving the input;
// otherwise it is put together in the buffer. What lies behind its elements, up to a whole vector,
// is meant to meet weights of 0 and may be anything.
class Columns {
 public:
  static constexpr int32_t kMaximumDepth = 512;  // elements of a column
  static constexpr int32_t kPixels = 128;

  Columns(const reference::Conv2DParameters& parameters, const int8_t* input);

  // The columns of the pixels from `pixel` on; how many those are. REQUIRES: pixel < pixels().
  int32_t collect(int32_t pixel);

  int32_t pixels() const { return pixels_; }
  int32_t depth() const { return depth_; }
  int32_t vectors() const { return vectors_; }  // that hold one column
  // Of the pixels collected; the last one again up to the fourth, where they are fewer.
  const int8_t* const* begin() const { return columns_; }

 private:
  static constexpr int32_t kCapacity = kPixelsPerBlock * kMaximumDepth;

  void gather(int32_t batch, int32_t origin_y, int32_t origin_x, int8_t* column) const;

  Window2D window_;
  const int8_t* const input_;
  const int8_t* const input_end_;
  const int8_t zero_point_;
  const int32_t pixels_;
  const int32_t depth_;
  const int32_t vectors_;
  bool is_one_run_;
  // Output columns whose window is inside the input.
  int32_t inside_begin_;
  int32_t inside_end_;
  const int8_t* columns_[kPixels];
  alignas(kVectorBytes) int8_t gathered_[kCapacity];
};

// Whether columns of this window fit.
bool columns_fit(const Window2D& window);

}  // namespace stapes::arm_mve
