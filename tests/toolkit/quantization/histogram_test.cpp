#include "toolkit/quantization/histogram.h"

#include <gtest/gtest.h>

#include <vector>

#include "toolkit/base/philox.h"

namespace stapes::quantization {
namespace {

TEST(Histogram, PercentileLeavesOutliersOut) {
  Histogram histogram({-10.0F, 10.0F});
  std::vector<float> values(20000);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(i % 2001) * 0.001F - 1.0F;  // even over -1 … 1
  }
  values[0] = -10.0F;
  values[1] = 10.0F;
  histogram.add(values);
  const ValueRange range = histogram.percentile(99.9);
  EXPECT_NEAR(range.low, -1.0F, 0.02F);
  EXPECT_NEAR(range.high, 1.0F, 0.02F);
  const ValueRange everything = histogram.percentile(100.0);
  EXPECT_EQ(everything.low, -10.0F);
  EXPECT_EQ(everything.high, 10.0F);
}

TEST(Histogram, LeastSquaredErrorClipsOutliersAndKeepsUniformRanges) {
  Histogram even({-1.0F, 1.0F});
  std::vector<float> values(20000);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(i % 2001) * 0.001F - 1.0F;
  }
  even.add(values);
  EXPECT_LT(even.least_squared_error().low, -0.98F);
  EXPECT_GT(even.least_squared_error().high, 0.98F);

  Histogram skewed({-1.0F, 50.0F});
  values[0] = 50.0F;
  for (int i = 0; i < 20; ++i) skewed.add(values);
  EXPECT_LT(skewed.least_squared_error().high, 49.0F);
}

TEST(Histogram, AddingInAnyOrderIsTheSame) {
  Random random(1, Purpose::kTest);
  std::vector<float> a(1000);
  std::vector<float> b(1000);
  for (float& value : a) value = static_cast<float>(random.normal());
  for (float& value : b) value = static_cast<float>(random.normal());
  Histogram ab({-5.0F, 5.0F});
  ab.add(a);
  ab.add(b);
  Histogram first({-5.0F, 5.0F});
  Histogram second({-5.0F, 5.0F});
  second.add(b);
  first.add(a);
  second.add(first);
  EXPECT_EQ(ab.percentile(99.0).high, second.percentile(99.0).high);
  EXPECT_EQ(ab.least_squared_error().high, second.least_squared_error().high);
}

}  // namespace
}  // namespace stapes::quantization
