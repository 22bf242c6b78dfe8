#include <gtest/gtest.h>

#include <vector>

#include "device/kernels/reference/conv_2d.h"
#include "device/kernels/reference/depthwise_conv_2d.h"
#include "device/kernels/reference/pool_2d.h"
#include "toolkit/base/philox.h"

// The kernels with windows, which walk runs of taps, against loops over every single tap.
namespace stapes::reference {
namespace {

struct Case {
  Conv2DParameters parameters;
  std::vector<Multiplier> multipliers;
  std::vector<int8_t> input;
  std::vector<int8_t> filter;
  std::vector<int32_t> bias;
  size_t outputs;
};

std::vector<int8_t> random_int8(Random& random, int32_t count) {
  std::vector<int8_t> values(static_cast<size_t>(count));
  for (int8_t& value : values) value = static_cast<int8_t>(random.below(256));
  return values;
}

Case random_case(Random& random, bool depthwise) {
  const auto draw = [&](int32_t low, int32_t high) {
    return low + static_cast<int32_t>(random.below(static_cast<uint64_t>(high - low + 1)));
  };
  Case c;
  Window2D& w = c.parameters.window;
  w = {};
  w.batches = draw(1, 2);
  w.input_height = draw(1, 8);
  w.input_width = draw(1, 8);
  w.input_channels = draw(1, 40);
  w.filter_height = draw(1, 5);
  w.filter_width = draw(1, 5);
  w.stride_height = draw(1, 3);
  w.stride_width = draw(1, 3);
  w.dilation_height = draw(1, 3);
  w.dilation_width = draw(1, 3);
  w.padding_top = draw(0, 6);
  w.padding_left = draw(0, 6);
  w.output_height = draw(1, 6);  // windows may lie outside of the input altogether
  w.output_width = draw(1, 6);
  w.depth_multiplier = depthwise ? draw(1, 3) : 1;
  w.output_channels = depthwise ? w.input_channels * w.depth_multiplier : draw(1, 9);
  w.groups = 1;
  if (!depthwise && draw(0, 2) == 0) {
    w.groups = draw(2, 4);
    w.input_channels = w.groups * draw(1, 9);
    w.output_channels = w.groups * draw(1, 3);
  }
  c.parameters.input_offset = draw(-127, 128);
  c.parameters.output_offset = draw(-128, 127);
  c.parameters.activation_minimum = draw(-128, 0);
  c.parameters.activation_maximum = draw(1, 127);
  for (int32_t i = 0; i < w.output_channels; ++i) {
    c.multipliers.push_back(quantize_multiplier(random.uniform(1e-4, 1e-2)));
    c.bias.push_back(draw(-5000, 5000));
  }
  c.input = random_int8(random, w.batches * w.input_height * w.input_width * w.input_channels);
  c.filter = random_int8(random, w.filter_height * w.filter_width * w.output_channels *
                                     (depthwise ? 1 : w.input_channels / w.groups));
  c.outputs = static_cast<size_t>(w.batches * w.output_height * w.output_width * w.output_channels);
  return c;
}

// Calls tap(input index without channel, row, column) for every tap inside the input.
template <typename Tap>
void for_each_tap(const Window2D& w, int32_t b, int32_t y, int32_t x, const Tap& tap) {
  for (int32_t row = 0; row < w.filter_height; ++row) {
    for (int32_t column = 0; column < w.filter_width; ++column) {
      const int32_t in_y = y * w.stride_height - w.padding_top + row * w.dilation_height;
      const int32_t in_x = x * w.stride_width - w.padding_left + column * w.dilation_width;
      if (in_y < 0 || in_y >= w.input_height || in_x < 0 || in_x >= w.input_width) continue;
      tap((b * w.input_height + in_y) * w.input_width + in_x, row, column);
    }
  }
}

// finish(batch, y, x, channel) for every output in order.
template <typename Value>
std::vector<int8_t> every_output(const Window2D& w, const Value& value) {
  std::vector<int8_t> outputs;
  for (int32_t b = 0; b < w.batches; ++b) {
    for (int32_t y = 0; y < w.output_height; ++y) {
      for (int32_t x = 0; x < w.output_width; ++x) {
        for (int32_t o = 0; o < w.output_channels; ++o) outputs.push_back(value(b, y, x, o));
      }
    }
  }
  return outputs;
}

int8_t finish(const Case& c, int32_t sum, int32_t channel) {
  const auto o = static_cast<size_t>(channel);
  const int32_t value = multiply(sum, c.multipliers[o]) + c.parameters.output_offset;
  return static_cast<int8_t>(
      clamp(value, c.parameters.activation_minimum, c.parameters.activation_maximum));
}

TEST(Window, ConvolutionEqualsSumOverEveryTap) {
  for (uint64_t i = 0; i < 300; ++i) {
    Random random(5, Purpose::kTest, 0, i);
    Case c = random_case(random, false);
    c.parameters.multipliers = c.multipliers.data();
    const Window2D& w = c.parameters.window;
    const int32_t group_inputs = w.input_channels / w.groups;
    const auto expected = every_output(w, [&](int32_t b, int32_t y, int32_t x, int32_t o) {
      const int32_t group = o / (w.output_channels / w.groups);
      int32_t sum = c.bias[static_cast<size_t>(o)];
      for_each_tap(w, b, y, x, [&](int32_t pixel, int32_t row, int32_t column) {
        for (int32_t k = 0; k < group_inputs; ++k) {
          const int32_t weight =
              ((o * w.filter_height + row) * w.filter_width + column) * group_inputs + k;
          const int32_t channel = group * group_inputs + k;
          sum += (c.input[static_cast<size_t>(pixel * w.input_channels + channel)] +
                  c.parameters.input_offset) *
                 c.filter[static_cast<size_t>(weight)];
        }
      });
      return finish(c, sum, o);
    });
    std::vector<int8_t> output(c.outputs);
    conv_2d(c.parameters, c.input.data(), c.filter.data(), c.bias.data(), output.data());
    ASSERT_EQ(output, expected) << i;
  }
}

TEST(Window, DepthwiseConvolutionEqualsSumOverEveryTap) {
  for (uint64_t i = 0; i < 300; ++i) {
    Random random(6, Purpose::kTest, 0, i);
    Case c = random_case(random, true);
    c.parameters.multipliers = c.multipliers.data();
    const Window2D& w = c.parameters.window;
    const auto expected = every_output(w, [&](int32_t b, int32_t y, int32_t x, int32_t o) {
      int32_t sum = c.bias[static_cast<size_t>(o)];
      for_each_tap(w, b, y, x, [&](int32_t pixel, int32_t row, int32_t column) {
        const int32_t k = o / w.depth_multiplier;
        sum +=
            (c.input[static_cast<size_t>(pixel * w.input_channels + k)] +
             c.parameters.input_offset) *
            c.filter[static_cast<size_t>((row * w.filter_width + column) * w.output_channels + o)];
      });
      return finish(c, sum, o);
    });
    std::vector<int8_t> output(c.outputs);
    depthwise_conv_2d(c.parameters, c.input.data(), c.filter.data(), c.bias.data(), output.data());
    ASSERT_EQ(output, expected) << i;

    std::vector<int8_t> by_channel(c.filter.size());
    const size_t channels = c.multipliers.size();
    const size_t taps = c.filter.size() / channels;
    for (size_t at = 0; at < c.filter.size(); ++at) {
      by_channel[at % channels * taps + at / channels] = c.filter[at];
    }
    std::vector<int8_t> output_by_channel(c.outputs);
    depthwise_conv_2d_by_channel(c.parameters, c.input.data(), by_channel.data(), c.bias.data(),
                                 output_by_channel.data());
    ASSERT_EQ(output_by_channel, expected) << i;
  }
}

TEST(Window, PoolsRoundTheMeanAndFindTheMaximum) {
  Pool2DParameters parameters = {};
  Window2D& w = parameters.window;
  w = {1, 2, 3, 1, 2, 2, 1, 2, 1, 1, 2, 1, 1, 0, 0, 1, 1};
  parameters.activation_minimum = -128;
  parameters.activation_maximum = 127;
  const std::vector<int8_t> input = {1, 2, -5,  //
                                     3, 4, -6};
  std::vector<int8_t> output(2);
  average_pool_2d(parameters, input.data(), output.data());
  EXPECT_EQ(output, (std::vector<int8_t>{3, -6}));  // 10 / 4 and -11 / 2, ties away from zero
  max_pool_2d(parameters, input.data(), output.data());
  EXPECT_EQ(output, (std::vector<int8_t>{4, -5}));
}

}  // namespace
}  // namespace stapes::reference
