// The blocked float kernels against plain loops that sum in the same order: equal bits.
#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <vector>

#include "device/kernels/float32/activation.h"
#include "device/kernels/float32/conv_2d.h"
#include "device/kernels/float32/depthwise_conv_2d.h"
#include "device/kernels/float32/elementwise.h"
#include "device/kernels/float32/fully_connected.h"
#include "device/kernels/float32/lstm.h"
#include "device/kernels/float32/pool.h"
#include "device/kernels/float32/reduction.h"
#include "device/kernels/float32/rows.h"
#include "toolkit/base/philox.h"

namespace stapes::float32 {
namespace {

std::vector<float> random_values(Random& random, int64_t count) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(random.uniform(-1.0, 1.0));
  return values;
}

int32_t between(Random& random, int32_t low, int32_t high) {
  return low + static_cast<int32_t>(random.below(static_cast<uint64_t>(high - low + 1)));
}

size_t at(int32_t index) { return static_cast<size_t>(index); }

float clamped(float value, float minimum, float maximum) {
  return std::min(std::max(value, minimum), maximum);
}

Window2D random_window(Random& random) {
  Window2D w{};
  w.batches = between(random, 1, 2);
  w.input_height = between(random, 1, 20);
  w.input_width = between(random, 1, 5);
  w.input_channels = between(random, 1, 9);
  w.filter_height = between(random, 1, 5);
  w.filter_width = between(random, 1, 3);
  w.stride_height = between(random, 1, 3);
  w.stride_width = between(random, 1, 2);
  w.dilation_height = between(random, 1, 2);
  w.dilation_width = between(random, 1, 2);
  w.output_channels = between(random, 1, 40);
  w.output_height = (w.input_height + w.stride_height - 1) / w.stride_height;  // SAME
  w.output_width = (w.input_width + w.stride_width - 1) / w.stride_width;
  const auto before = [](int32_t output, int32_t stride, int32_t filter, int32_t dilation,
                         int32_t input) {
    return std::max((output - 1) * stride + (filter - 1) * dilation + 1 - input, 0) / 2;
  };
  w.padding_top =
      before(w.output_height, w.stride_height, w.filter_height, w.dilation_height, w.input_height);
  w.padding_left =
      before(w.output_width, w.stride_width, w.filter_width, w.dilation_width, w.input_width);
  w.depth_multiplier = 1;
  w.groups = 1;
  return w;
}

// Calls visit(input index of channel 0, tap) for every tap of an output position that is inside.
template <typename Visit>
void for_each_tap(const Window2D& w, int32_t b, int32_t y, int32_t x, Visit visit) {
  for (int32_t r = 0; r < w.filter_height; ++r) {
    for (int32_t s = 0; s < w.filter_width; ++s) {
      const int32_t iy = y * w.stride_height - w.padding_top + r * w.dilation_height;
      const int32_t ix = x * w.stride_width - w.padding_left + s * w.dilation_width;
      if (iy < 0 || iy >= w.input_height || ix < 0 || ix >= w.input_width) continue;
      visit(((b * w.input_height + iy) * w.input_width + ix) * w.input_channels,
            r * w.filter_width + s);
    }
  }
}

template <typename Compute>
std::vector<float> for_each_output(const Window2D& w, Compute compute) {
  std::vector<float> output;
  for (int32_t b = 0; b < w.batches; ++b) {
    for (int32_t y = 0; y < w.output_height; ++y) {
      for (int32_t x = 0; x < w.output_width; ++x) {
        for (int32_t c = 0; c < w.output_channels; ++c) output.push_back(compute(b, y, x, c));
      }
    }
  }
  return output;
}

int64_t input_size(const Window2D& w) {
  return int64_t{w.batches} * w.input_height * w.input_width * w.input_channels;
}

TEST(Float32, Conv2DEqualsThePlainLoop) {
  Random random(1, Purpose::kTest);
  for (int round = 0; round < 200; ++round) {
    Window2D w = random_window(random);
    if (round % 3 == 0) {
      w.groups = 2;
      w.input_channels *= 2;
      w.output_channels *= 2;
    }
    const int32_t group_inputs = w.input_channels / w.groups;
    const int32_t taps = w.filter_height * w.filter_width;
    const Conv2DParameters parameters{w, round % 2 == 0 ? 0.0F : -FLT_MAX, FLT_MAX};
    const auto input = random_values(random, input_size(w));
    const auto filter = random_values(random, w.output_channels * taps * group_inputs);
    const auto bias = random_values(random, w.output_channels);
    const auto expected = for_each_output(w, [&](int32_t b, int32_t y, int32_t x, int32_t c) {
      float sum = 0.0F;
      for_each_tap(w, b, y, x, [&](int32_t source, int32_t tap) {
        const int32_t first = source + c / (w.output_channels / w.groups) * group_inputs;
        for (int32_t i = 0; i < group_inputs; ++i) {
          sum += input[at(first + i)] * filter[at((c * taps + tap) * group_inputs + i)];
        }
      });
      return clamped(sum + bias[at(c)], parameters.minimum, parameters.maximum);
    });
    std::vector<float> scratch(at(conv_2d_scratch(w)));
    std::vector<float> output(expected.size());
    conv_2d(parameters, input.data(), filter.data(), bias.data(), scratch.data(), output.data());
    ASSERT_EQ(output, expected) << "round " << round;
  }
}

TEST(Float32, DepthwiseConv2DEqualsThePlainLoop) {
  Random random(2, Purpose::kTest);
  for (int round = 0; round < 200; ++round) {
    Window2D w = random_window(random);
    w.input_channels = between(random, 1, 37);
    w.depth_multiplier = round % 3 == 0 ? 2 : 1;
    w.output_channels = w.input_channels * w.depth_multiplier;
    const Conv2DParameters parameters{w, -0.5F, 0.5F};
    const auto input = random_values(random, input_size(w));
    const auto filter = random_values(random, w.filter_height * w.filter_width * w.output_channels);
    const auto bias = random_values(random, w.output_channels);
    const auto expected = for_each_output(w, [&](int32_t b, int32_t y, int32_t x, int32_t c) {
      float sum = 0.0F;
      for_each_tap(w, b, y, x, [&](int32_t source, int32_t tap) {
        sum += input[at(source + c / w.depth_multiplier)] * filter[at(tap * w.output_channels + c)];
      });
      return clamped(sum + bias[at(c)], parameters.minimum, parameters.maximum);
    });
    std::vector<float> output(expected.size());
    depthwise_conv_2d(parameters, input.data(), filter.data(), bias.data(), output.data());
    ASSERT_EQ(output, expected) << "round " << round;
  }
}

TEST(Float32, PoolsEqualThePlainLoop) {
  Random random(3, Purpose::kTest);
  for (int round = 0; round < 100; ++round) {
    Window2D w = random_window(random);
    w.output_channels = w.input_channels;
    w.dilation_height = 1;
    w.dilation_width = 1;
    w.padding_top =
        std::max((w.output_height - 1) * w.stride_height + w.filter_height - w.input_height, 0) / 2;
    w.padding_left =
        std::max((w.output_width - 1) * w.stride_width + w.filter_width - w.input_width, 0) / 2;
    const Conv2DParameters parameters{w, -FLT_MAX, FLT_MAX};
    const auto input = random_values(random, input_size(w));
    std::vector<float> output(for_each_output(w, [](auto...) { return 0.0F; }).size());
    average_pool_2d(parameters, input.data(), output.data());
    ASSERT_EQ(output, for_each_output(w, [&](int32_t b, int32_t y, int32_t x, int32_t c) {
                float sum = 0.0F;
                int taps = 0;
                for_each_tap(w, b, y, x, [&](int32_t source, int32_t) {
                  sum += input[at(source + c)];
                  ++taps;
                });
                return sum / static_cast<float>(taps);
              }));
    max_pool_2d(parameters, input.data(), output.data());
    ASSERT_EQ(output, for_each_output(w, [&](int32_t b, int32_t y, int32_t x, int32_t c) {
                float largest = -FLT_MAX;
                for_each_tap(w, b, y, x, [&](int32_t source, int32_t) {
                  largest = std::max(largest, input[at(source + c)]);
                });
                return largest;
              }));
  }
}

std::vector<float> plain_product(const std::vector<float>& input, const std::vector<float>& weights,
                                 const float* bias, int32_t rows, int32_t depth, int32_t outputs) {
  std::vector<float> result;
  for (int32_t b = 0; b < rows; ++b) {
    for (int32_t o = 0; o < outputs; ++o) {
      float sum = 0.0F;
      for (int32_t i = 0; i < depth; ++i) {
        sum += input[at(b * depth + i)] * weights[at(o * depth + i)];
      }
      result.push_back(bias == nullptr ? sum : sum + bias[o]);
    }
  }
  return result;
}

TEST(Float32, FullyConnectedEqualsThePlainLoop) {
  Random random(4, Purpose::kTest);
  for (int round = 0; round < 200; ++round) {
    const MatrixProduct p{between(random, 1, 7), between(random, 1, 50), between(random, 1, 50)};
    const auto input = random_values(random, p.batches * p.input_depth);
    const auto weights = random_values(random, p.output_depth * p.input_depth);
    const auto bias = random_values(random, p.output_depth);
    const float* used_bias = round % 2 == 0 ? bias.data() : nullptr;
    std::vector<float> scratch(at(fully_connected_scratch(p)));
    std::vector<float> output(at(p.batches * p.output_depth));
    fully_connected({p, -FLT_MAX, FLT_MAX}, input.data(), weights.data(), used_bias, scratch.data(),
                    output.data());
    ASSERT_EQ(output,
              plain_product(input, weights, used_bias, p.batches, p.input_depth, p.output_depth));
  }
}

// One step after the other with plain products, as the equations in lstm.h say.
TEST(Float32, LstmEqualsTheEquations) {
  Random random(5, Purpose::kTest);
  for (int round = 0; round < 40; ++round) {
    const LstmShape shape{between(random, 1, 2), between(random, 1, 6), between(random, 1, 20),
                          between(random, 1, 40), round % 2 == 1};
    const int32_t states = shape.batches * shape.units;
    const float clip = round % 4 == 0 ? 0.3F : 0.0F;
    std::vector<std::vector<float>> w, r, bias;
    LstmWeights weights{};
    for (int g = 0; g < 4; ++g) {
      w.push_back(random_values(random, shape.units * shape.inputs));
      r.push_back(random_values(random, shape.units * shape.units));
      bias.push_back(random_values(random, shape.units));
    }
    for (size_t g = 0; g < 4; ++g) {
      weights.input[g] = w[g].data();
      weights.recurrent[g] = r[g].data();
      weights.bias[g] = bias[g].data();
    }
    const auto input = random_values(random, shape.batches * shape.steps * shape.inputs);
    auto hidden = random_values(random, states);
    auto cell = random_values(random, states);
    auto h = hidden;
    auto c = cell;
    std::vector<float> scratch(at(lstm_scratch(shape)));
    std::vector<float> output(at(shape.batches * shape.steps * shape.units));
    lstm(shape, clip, input.data(), weights, hidden.data(), cell.data(), scratch.data(),
         output.data());
    for (int32_t t = 0; t < shape.steps; ++t) {
      for (int32_t b = 0; b < shape.batches; ++b) {
        const int32_t row = shape.time_major ? t * shape.batches + b : b * shape.steps + t;
        const std::vector<float> x(input.begin() + row * shape.inputs,
                                   input.begin() + (row + 1) * shape.inputs);
        const std::vector<float> last(h.begin() + b * shape.units,
                                      h.begin() + (b + 1) * shape.units);
        std::vector<std::vector<float>> gates;
        for (size_t g = 0; g < 4; ++g) {
          gates.push_back(plain_product(x, w[g], bias[g].data(), 1, shape.inputs, shape.units));
          const auto part = plain_product(last, r[g], nullptr, 1, shape.units, shape.units);
          for (size_t u = 0; u < part.size(); ++u) gates[g][u] += part[u];
        }
        for (int32_t u = 0; u < shape.units; ++u) {
          float& state = c[at(b * shape.units + u)];
          state = logistic(gates[1][at(u)]) * state +
                  logistic(gates[0][at(u)]) * std::tanh(gates[2][at(u)]);
          if (clip > 0) state = clamped(state, -clip, clip);
          h[at(b * shape.units + u)] = std::tanh(state) * logistic(gates[3][at(u)]);
          ASSERT_EQ(output[at(row * shape.units + u)], h[at(b * shape.units + u)]);
        }
      }
    }
    EXPECT_EQ(hidden, h);
    EXPECT_EQ(cell, c);
  }
}

TEST(Float32, BroadcastRepeatsAlongStridesOfZero) {
  // [2, 3, 4] with [3, 1]: extents 2, 3, 4.
  ElementwiseParameters parameters{};
  parameters.broadcast = {3, {2, 3, 4}, {12, 4, 1}, {0, 1, 0}};
  parameters.minimum = -FLT_MAX;
  parameters.maximum = FLT_MAX;
  Random random(6, Purpose::kTest);
  const auto first = random_values(random, 24);
  const auto second = random_values(random, 3);
  std::vector<float> output(24);
  for (int32_t i = 0; i < 24; ++i) output[at(i)] = first[at(i)] - second[at(i / 4 % 3)];
  std::vector<float> result(24);
  sub(parameters, first.data(), second.data(), result.data());
  EXPECT_EQ(result, output);
  parameters.maximum = 0.1F;
  squared_difference(parameters, first.data(), second.data(), result.data());
  for (size_t i = 0; i < 24; ++i) {
    EXPECT_EQ(result[i], std::min(output[i] * output[i], 0.1F));
  }
}

TEST(Float32, MeanSumsInTheOrderOfMemory) {
  // [2, 3, 4] over axes 0 and 2.
  const Reduction reduction{1, {3}, {4}, 2, {2, 4}, {12, 1}, 8};
  Random random(7, Purpose::kTest);
  const auto input = random_values(random, 24);
  std::vector<float> means(3);
  std::vector<float> sums(3);
  mean(reduction, input.data(), means.data());
  sum(reduction, input.data(), sums.data());
  for (size_t k = 0; k < 3; ++k) {
    float expected = 0.0F;
    for (size_t a = 0; a < 2; ++a) {
      for (size_t b = 0; b < 4; ++b) expected += input[a * 12 + k * 4 + b];
    }
    EXPECT_EQ(sums[k], expected);
    EXPECT_EQ(means[k], expected / 8.0F);
  }
}

TEST(Float32, SoftmaxAndL2NormalizationInPlace) {
  std::vector<float> values = {1000.0F, 999.0F, 998.0F, -5.0F, -5.0F, -5.0F};
  softmax(values.data(), 2, 3, 1.0F, values.data());
  EXPECT_NEAR(values[0], 0.66524096, 1e-6);  // 1 / (1 + e^-1 + e^-2)
  EXPECT_NEAR(values[5], 1.0 / 3, 1e-6);
  std::vector<float> rows = {3.0F, 4.0F, 0.0F, 0.0F};
  l2_normalization(rows.data(), 2, 2, rows.data());
  EXPECT_EQ(rows, (std::vector<float>{0.6F, 0.8F, 0.0F, 0.0F}));
}

TEST(Float32, LogisticIsContinuousAtItsEnds) {
  for (const float end : {16.619047F, -9.0F}) {
    EXPECT_NEAR(logistic(std::nextafter(end, -100.0F)), logistic(std::nextafter(end, 100.0F)),
                2e-7F);
  }
  EXPECT_EQ(logistic(0.0F), 0.5F);
}

}  // namespace
}  // namespace stapes::float32
