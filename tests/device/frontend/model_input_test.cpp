#include "device/frontend/model_input.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "toolkit/base/philox.h"

namespace stapes::test {
namespace {

TEST(ModelInput, MeanZeroAndDeviationOne) {
  const std::vector<uint16_t> rows = {100, 200, 300, 400};  // deviation sqrt(12500)
  std::vector<float> output(4);
  normalize_mean_and_std(rows.data(), 4, output.data());
  EXPECT_NEAR(output[0], -1.3416407, 1e-6);
  EXPECT_NEAR(output[3], 1.3416407, 1e-6);
}

TEST(ModelInput, EqualValuesBecomeZero) {
  for (const uint16_t value : {uint16_t{0}, uint16_t{777}, uint16_t{65535}}) {
    const std::vector<uint16_t> rows(98 * 40, value);
    std::vector<float> output(rows.size(), 1.0F);
    normalize_mean_and_std(rows.data(), static_cast<int32_t>(rows.size()), output.data());
    for (const float result : output) ASSERT_EQ(result, 0.0F);
  }
}

// A large mean with a small spread, where single precision would lose the variance.
TEST(ModelInput, SmallSpreadAroundALargeMean) {
  std::vector<uint16_t> rows(10000, 65000);
  for (size_t i = 0; i < rows.size(); i += 2) rows[i] = 65001;
  std::vector<float> output(rows.size());
  normalize_mean_and_std(rows.data(), 10000, output.data());
  EXPECT_NEAR(output[0], 1.0F, 1e-4F);
  EXPECT_NEAR(output[1], -1.0F, 1e-4F);
}

// Against double precision: few values and many, small and large, nearly alike and as far apart as
// they can be.
TEST(ModelInput, MeanAndDeviationAreThoseOfDoublePrecision) {
  Random random(3, Purpose::kTest);
  for (int32_t i = 0; i < 300; ++i) {
    const size_t count = i % 10 == 0 ? 200000 : 1 + random.below(12000);
    const uint64_t spread = uint64_t{1} << random.below(17);
    const uint64_t least = random.below(65536 - spread + 1);
    const bool is_extreme = random.below(4) == 0;
    std::vector<uint16_t> rows(count);
    for (uint16_t& row : rows) {
      const uint64_t above = is_extreme ? random.below(2) * (spread - 1) : random.below(spread);
      row = static_cast<uint16_t>(least + above);
    }
    double mean = 0;
    for (const uint16_t row : rows) mean += row;
    mean /= static_cast<double>(count);
    double variance = 0;
    for (const uint16_t row : rows) variance += (row - mean) * (row - mean);
    const double deviation = std::sqrt(variance / static_cast<double>(count));
    std::vector<float> output(count);
    normalize_mean_and_std(rows.data(), static_cast<int32_t>(count), output.data());
    // The difference from the mean is rounded, too: by half a unit in the last place of the mean.
    const double tolerance = mean * 6e-8 / (deviation + 1e-6);
    for (size_t k = 0; k < count; ++k) {
      const double expected = (rows[k] - mean) / (deviation + 1e-6);
      ASSERT_NEAR(output[k], expected, 1e-6 * (1 + std::abs(expected)) + 2 * tolerance)
          << i << ": " << count << " values from " << least << ", spread " << spread;
    }
  }
}

TEST(ModelInput, Rescale) {
  const std::vector<uint16_t> rows = {0, 1, 1000};
  std::vector<float> output(3);
  rescale(rows.data(), 3, 0.5F, output.data());
  EXPECT_EQ(output, (std::vector<float>{0.0F, 0.5F, 500.0F}));
}

TEST(ModelInput, StaticQuantization) {
  const std::vector<uint16_t> rows = {0, 1, 333, 664, 665, 666, 65535};
  std::vector<int8_t> output(rows.size());
  quantize_static(rows.data(), static_cast<int32_t>(rows.size()), output.data());
  EXPECT_EQ(output, (std::vector<int8_t>{-128, -128, 0, 127, 127, 127, 127}));
}

TEST(ModelInput, DynamicQuantization) {
  // 40 dB are 294 with a log_scale_shift of 6, so the range is 506 … 800.
  const std::vector<uint16_t> rows = {0, 506, 507, 653, 799, 800};
  std::vector<int8_t> output(rows.size());
  quantize_dynamic(rows.data(), static_cast<int32_t>(rows.size()), 40.0F, 6, output.data());
  EXPECT_EQ(output, (std::vector<int8_t>{-128, -128, -128, -1, 126, 127}));
  const std::vector<uint16_t> silence(5, 0);
  output.resize(5);
  quantize_dynamic(silence.data(), 5, 40.0F, 6, output.data());
  EXPECT_EQ(output, std::vector<int8_t>(5, -128));
}

}  // namespace
}  // namespace stapes::test
