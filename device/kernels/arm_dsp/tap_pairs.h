#pragma once
#include "device/kernels/reference/conv_2d.h"

// How a depthwise convolution is cut into pairs of neighbouring taps for depthwise_pairs.cpp, and
// for which convolutions that can be done. Plain C++, because the PC asks, too, when it compiles a
// model.
namespace stapes::arm_dsp {

struct TapPairs {
  static constexpr int32_t kLanes = 4;            // channels at a time
  static constexpr int32_t kPairCapacity = 128;   // of a channel's turned rows
  static constexpr int32_t kWeightCapacity = 16;  // pairs of a channel's filter, for one parity

  Window2D window;       // a filter of one column over an image of one column: as one row
  int32_t filter_pairs;  // of a row, for either parity
  int32_t row_pairs;     // of a row of the image with its padding
  int32_t tile_height;   // output rows at once
  int32_t parities;      // of the columns on which windows begin: 2 when the stride is odd
  int32_t pixels[2];     // of an output row, for each parity
  int32_t pair_step;     // from such a pixel to the next

  // False where it cannot be done: dilated or large filters, other depth multipliers, fewer than
  // four channels, rows too long for the stack, channels whose requantization is not fast.
  // `bias` may be null.
  bool assign(const reference::Conv2DParameters& parameters, const int32_t* bias);
};

}  // namespace stapes::arm_dsp
