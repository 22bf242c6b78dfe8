#include "toolkit/quantization/joint_rounding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "toolkit/base/philox.h"
#include "toolkit/quantization/affine.h"
#include "toolkit/quantization/moments.h"

namespace stapes::quantization {
namespace {

std::vector<float> normal(size_t count, double spread, uint64_t seed) {
  Random random(seed, Purpose::kTest);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal() * spread);
  return values;
}

// Vectors of `size` values that are mixtures of three, with a little of their own.
std::vector<float> correlated(size_t count, size_t size) {
  const std::vector<float> sources = normal(count * 3, 1.0, 1);
  const std::vector<float> mixture = normal(3 * size, 1.0, 2);
  std::vector<float> values = normal(count * size, 0.1, 3);
  for (size_t n = 0; n < count; ++n) {
    for (size_t i = 0; i < size; ++i) {
      for (size_t s = 0; s < 3; ++s) {
        values[n * size + i] += sources[n * 3 + s] * mixture[s * size + i];
      }
    }
  }
  return values;
}

Moments moments_of(const std::vector<float>& vectors, size_t size) {
  Moments moments(size);
  for (size_t n = 0; n < vectors.size(); n += size) {
    moments.add(std::span(vectors).subspan(n, size));
  }
  return moments;
}

std::vector<int8_t> nearest(const std::vector<float>& weights, const std::vector<float>& steps) {
  std::vector<int8_t> stored(weights.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    stored[i] = quantize_to_int8(weights[i], {steps[i], 0});
  }
  return stored;
}

// Mean square of the products' difference over the vectors themselves.
double measured_error(const std::vector<float>& vectors, const std::vector<float>& weights,
                      const std::vector<float>& steps, const std::vector<int8_t>& stored) {
  const size_t size = weights.size();
  double squares = 0;
  for (size_t n = 0; n < vectors.size(); n += size) {
    double difference = 0;
    for (size_t i = 0; i < size; ++i) {
      difference += static_cast<double>(vectors[n + i]) *
                    (static_cast<double>(steps[i]) * stored[i] - static_cast<double>(weights[i]));
    }
    squares += difference * difference;
  }
  return squares * static_cast<double>(size) / static_cast<double>(vectors.size());
}

TEST(Moments, MeansAndCovariance) {
  const std::vector<float> vectors = {1, 0, 3, 4, 2, 2};
  Moments all = moments_of({1, 0}, 2);
  all.add(moments_of({3, 4, 2, 2}, 2));
  EXPECT_EQ(all.count(), 3);
  EXPECT_EQ(all.means(), (std::vector<double>{2, 2}));
  const std::vector<double> second = all.second_moments();
  EXPECT_DOUBLE_EQ(second[0], 14.0 / 3);
  EXPECT_DOUBLE_EQ(second[1], 16.0 / 3);
  EXPECT_DOUBLE_EQ(second[2], 16.0 / 3);
  EXPECT_DOUBLE_EQ(second[3], 20.0 / 3);
  EXPECT_DOUBLE_EQ(all.covariance()[1], 4.0 / 3);
}

TEST(JointRounding, ErrorsCancelOnInputsThatGoTogether) {
  constexpr size_t kSize = 24;
  const std::vector<float> vectors = correlated(500, kSize);
  const JointRounding rounding(moments_of(vectors, kSize).second_moments());
  const std::vector<float> steps(kSize, 0.02F);
  double joint_error = 0;
  double nearest_error = 0;
  for (uint64_t row = 0; row < 20; ++row) {
    const std::vector<float> weights = normal(kSize, 0.5, 10 + row);
    std::vector<int8_t> stored(kSize);
    const double expected = rounding.round(weights, steps, stored);
    EXPECT_NEAR(expected, rounding.squared_error(weights, steps, stored), 1e-12);
    joint_error += measured_error(vectors, weights, steps, stored);
    nearest_error += measured_error(vectors, weights, steps, nearest(weights, steps));
    for (size_t i = 0; i < kSize; ++i) {
      EXPECT_LE(std::abs(steps[i] * static_cast<float>(stored[i]) - weights[i]), 0.2F);
    }
  }
  EXPECT_LT(joint_error, 0.2 * nearest_error);
}

TEST(JointRounding, NoSingleStepMakesItBetter) {
  constexpr size_t kSize = 12;
  const JointRounding rounding(moments_of(correlated(200, kSize), kSize).covariance());
  const std::vector<float> weights = normal(kSize, 0.5, 5);
  const std::vector<float> steps(kSize, 0.05F);
  std::vector<int8_t> stored(kSize);
  const double least = rounding.round(weights, steps, stored);
  for (int8_t& value : stored) {
    for (const int step : {-1, 1}) {
      value = static_cast<int8_t>(value + step);
      EXPECT_GE(rounding.squared_error(weights, steps, stored), least * (1 - 1e-12));
      value = static_cast<int8_t>(value - step);
    }
  }
}

TEST(JointRounding, WholeStepsStayAsTheyAre) {
  constexpr size_t kSize = 8;
  const JointRounding rounding(moments_of(correlated(100, kSize), kSize).second_moments());
  const std::vector<float> steps = {0.5F, 0.5F, 0.5F, 0.5F, 0.25F, 0.25F, 0.25F, 0.25F};
  const std::vector<int8_t> integers = {127, -127, 0, 3, -4, 90, 1, -60};
  std::vector<float> weights(kSize);
  for (size_t i = 0; i < kSize; ++i) weights[i] = steps[i] * static_cast<float>(integers[i]);
  std::vector<int8_t> stored(kSize);
  EXPECT_EQ(rounding.round(weights, steps, stored), 0.0);
  EXPECT_EQ(stored, integers);
}

// Without correlation there is nothing to cancel.
TEST(JointRounding, IndependentInputsRoundToTheNearest) {
  const JointRounding rounding({2, 0, 0, 0, 1, 0, 0, 0, 5});
  const std::vector<float> weights = {0.3F, -0.74F, 0.26F};
  const std::vector<float> steps(3, 0.5F);
  std::vector<int8_t> stored(3);
  rounding.round(weights, steps, stored);
  EXPECT_EQ(stored, nearest(weights, steps));
}

TEST(JointRounding, InputsThatNeverVaryAndWeightsThatAreTooLarge) {
  const JointRounding rounding(std::vector<double>(4, 0.0));
  std::vector<int8_t> stored(2);
  rounding.round(std::vector<float>{0.9F, 400.0F}, std::vector<float>{1.0F, 1.0F}, stored);
  EXPECT_EQ(stored, (std::vector<int8_t>{1, 127}));
}

}  // namespace
}  // namespace stapes::quantization
