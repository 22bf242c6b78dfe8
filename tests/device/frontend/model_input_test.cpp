#include "device/frontend/model_input.h"

#include <gtest/gtest.h>

#include <vector>

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
