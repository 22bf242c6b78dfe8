#include "toolkit/codegen/packed_constants.h"

#include <gtest/gtest.h>

namespace stapes::codegen {
namespace {

// 3x1 taps, stride 1, over six pixels of as many channels.
reference::Conv2DParameters convolution(int32_t channels, reference::Multiplier* multipliers) {
  reference::Conv2DParameters parameters = {};
  Window2D& window = parameters.window;
  window.batches = window.depth_multiplier = window.groups = 1;
  window.input_height = 6;
  window.output_height = 4;
  window.filter_height = 3;
  window.input_width = window.output_width = window.filter_width = 1;
  window.input_channels = window.output_channels = channels;
  window.stride_height = window.stride_width = 1;
  window.dilation_height = window.dilation_width = 1;
  parameters.multipliers = multipliers;
  return parameters;
}

TEST(PackedConstants, AFilterByChannel) {
  const std::vector<int8_t> filter = {1, -2, 3, -4, 5, -6};  // three taps of two channels
  Window2D window = {};
  window.output_channels = 2;
  EXPECT_EQ(filter_by_channel(filter, window),
            (Bytes{1, 3, 5, static_cast<uint8_t>(-2), static_cast<uint8_t>(-4),
                   static_cast<uint8_t>(-6)}));
}

TEST(PackedConstants, ByChannelWhereArmsKernelsReadPairs) {
  std::vector<reference::Multiplier> multipliers(4, {1 << 30, -5});
  EXPECT_TRUE(is_faster_by_channel(convolution(4, multipliers.data()), nullptr));
  EXPECT_FALSE(is_faster_by_channel(convolution(3, multipliers.data()), nullptr));

  reference::Conv2DParameters one_pixel = convolution(4, multipliers.data());
  one_pixel.window.input_height = 3;
  one_pixel.window.output_height = 1;
  EXPECT_FALSE(is_faster_by_channel(one_pixel, nullptr));

  const std::vector<int32_t> huge_bias = {0, 0, 0, 1 << 30};
  EXPECT_FALSE(is_faster_by_channel(convolution(4, multipliers.data()), huge_bias.data()));
  multipliers[3].shift = 1;  // it enlarges
  EXPECT_FALSE(is_faster_by_channel(convolution(4, multipliers.data()), nullptr));
}

}  // namespace
}  // namespace stapes::codegen
