#include "toolkit/evaluation/statistics.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace stapes::evaluation {
namespace {

// The limits are the roots of (p - value)^2 = z^2 p (1 - p) / n, which is where the formula comes
// from.
TEST(WilsonInterval, LimitsSolveTheScoreEquation) {
  const double z = 1.959963984540054;
  for (const Proportion proportion : {Proportion{81, 263}, {5, 10}, {999, 1000}, {1, 7}}) {
    const Interval interval = wilson_interval(proportion);
    for (const double p : {interval.low, interval.high}) {
      const double n = static_cast<double>(proportion.total);
      const double difference = p - proportion.value();
      EXPECT_NEAR(difference * difference, z * z * p * (1.0 - p) / n, 1e-12);
    }
    EXPECT_LT(interval.low, proportion.value());
    EXPECT_GT(interval.high, proportion.value());
  }
}

TEST(WilsonInterval, StaysWithinZeroAndOne) {
  EXPECT_EQ(wilson_interval({0, 10}).low, 0.0);
  EXPECT_EQ(wilson_interval({10, 10}).high, 1.0);
  EXPECT_GT(wilson_interval({0, 10}).high, 0.2);
  EXPECT_EQ(wilson_interval({0, 0}).low, 0.0);
  EXPECT_EQ(wilson_interval({0, 0}).high, 1.0);
  // Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662.
  EXPECT_NEAR(wilson_interval({81, 263}).low, 0.2553, 5e-5);
  EXPECT_NEAR(wilson_interval({81, 263}).high, 0.3662, 5e-5);
}

TEST(IntervalOfMean, OfOneIsItsOwnAndOfManyIsNarrower) {
  const std::array<Proportion, 1> one = {Proportion{80, 100}};
  EXPECT_DOUBLE_EQ(interval_of_mean(one).low, wilson_interval(one[0]).low);
  EXPECT_DOUBLE_EQ(interval_of_mean(one).high, wilson_interval(one[0]).high);
  const std::array<Proportion, 4> four = {Proportion{80, 100}, {80, 100}, {80, 100}, {80, 100}};
  EXPECT_NEAR(0.8 - interval_of_mean(four).low, (0.8 - wilson_interval(one[0]).low) / 2.0, 1e-12);
}

TEST(PoissonInterval, IsNearTheExactOne) {
  // Exact limits from the chi-squared distribution (Garwood 1936).
  EXPECT_DOUBLE_EQ(poisson_interval(0).low, 0.0);
  EXPECT_NEAR(poisson_interval(0).high, 3.689, 0.05);
  EXPECT_NEAR(poisson_interval(10).low, 4.795, 0.02);
  EXPECT_NEAR(poisson_interval(10).high, 18.390, 0.02);
  EXPECT_NEAR(poisson_interval(100).low, 81.364, 0.02);
  EXPECT_NEAR(poisson_interval(100).high, 121.627, 0.02);
}

// Ten events of ten causes are ten; of one cause, they are one that counts ten times.
TEST(ClusteredInterval, EventsOfOneCauseSayLittle) {
  const std::vector<size_t> single(10, 1), one = {10}, none;
  EXPECT_DOUBLE_EQ(clustered_interval(single).high, poisson_interval(10).high);
  EXPECT_DOUBLE_EQ(clustered_interval(one).high, 10.0 * poisson_interval(1).high);
  EXPECT_DOUBLE_EQ(clustered_interval(one).low, 10.0 * poisson_interval(1).low);
  EXPECT_DOUBLE_EQ(clustered_interval(none).high, poisson_interval(0).high);
}

TEST(McNemar, EqualsTheBinomialTail) {
  EXPECT_DOUBLE_EQ(mcnemar_p_value(0, 0), 1.0);
  EXPECT_NEAR(mcnemar_p_value(0, 5), 2.0 / 32.0, 1e-12);
  EXPECT_NEAR(mcnemar_p_value(1, 5), 2.0 * (1.0 + 6.0) / 64.0, 1e-12);
  EXPECT_NEAR(mcnemar_p_value(5, 1), mcnemar_p_value(1, 5), 1e-15);
  EXPECT_DOUBLE_EQ(mcnemar_p_value(4, 4), 1.0);
  EXPECT_LT(mcnemar_p_value(100, 1000), 1e-100);
  EXPECT_TRUE(std::isfinite(mcnemar_p_value(20000, 20100)));
}

}  // namespace
}  // namespace stapes::evaluation
