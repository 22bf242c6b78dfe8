#include "toolkit/augmentation/placement.h"

#include <gtest/gtest.h>

#include <numeric>

namespace stapes::augmentation {
namespace {

const Window kWindow(100, 50);

std::vector<float> ramp(size_t samples) {
  std::vector<float> values(samples);
  std::iota(values.begin(), values.end(), 1.0F);
  return values;
}

TEST(EvaluationPlacement, AShorterClipIsCentredBehindASilentLeadIn) {
  const auto buffer = place_for_evaluation(ramp(21), kWindow);
  ASSERT_EQ(buffer.size(), 150U);
  for (size_t i = 0; i < buffer.size(); ++i) {
    const bool inside = i >= 114 && i < 135;  // (50 - 21) / 2 = 14 zeros before, 15 behind
    ASSERT_EQ(buffer[i], inside ? static_cast<float>(i - 113) : 0.0F) << i;
  }
}

TEST(EvaluationPlacement, ALongerClipLosesBothEnds) {
  const auto buffer = place_for_evaluation(ramp(61), kWindow);
  for (size_t i = 0; i < 100; ++i) ASSERT_EQ(buffer[i], 0.0F);
  for (size_t i = 0; i < 50; ++i) ASSERT_EQ(buffer[100 + i], static_cast<float>(i + 6));
}

TEST(EvaluationPlacement, AClipOfTheWindowsLengthStaysAsItIs) {
  const auto buffer = place_for_evaluation(ramp(50), kWindow);
  for (size_t i = 0; i < 50; ++i) ASSERT_EQ(buffer[100 + i], static_cast<float>(i + 1));
  EXPECT_EQ(place_for_evaluation(std::vector<float>{}, kWindow), std::vector<float>(150, 0.0F));
}

TEST(Place, CutsWhatLiesOutside) {
  EXPECT_EQ(place(ramp(10), -10, kWindow), std::vector<float>(150, 0.0F));
  EXPECT_EQ(place(ramp(10), 50, kWindow), std::vector<float>(150, 0.0F));
  EXPECT_EQ(place(ramp(10), -9, kWindow)[100], 10.0F);
  EXPECT_EQ(place(ramp(10), 49, kWindow)[149], 1.0F);
}

TEST(TrainingPlacement, ReachesEveryPlaceAndNoOther) {
  AugmentationSettings settings;
  EXPECT_EQ(training_offset(20, kWindow, settings, 16000, 0.0), 0);
  EXPECT_EQ(training_offset(20, kWindow, settings, 16000, 0.999999), 30);
  EXPECT_EQ(training_offset(80, kWindow, settings, 16000, 0.0), 0);
  EXPECT_EQ(training_offset(80, kWindow, settings, 16000, 0.999999), -30);
  EXPECT_EQ(training_offset(50, kWindow, settings, 16000, 0.7), 0);
}

TEST(TrainingPlacement, NearTheCentreOrInIt) {
  AugmentationSettings settings;
  settings.maximum_shift_ms = 1.0;  // 16 samples
  EXPECT_EQ(training_offset(20, kWindow, settings, 16000, 0.0), 15 - 16);
  EXPECT_EQ(training_offset(20, kWindow, settings, 16000, 0.5), 15);
  EXPECT_EQ(training_offset(80, kWindow, settings, 16000, 0.75), -15 + 8);
  settings.maximum_shift_ms = 0.0;
  settings.shift = false;
  EXPECT_EQ(training_offset(20, kWindow, settings, 16000, 0.9), 15);
}

TEST(Window, FollowsTheSpecification) {
  Specification specification;
  specification.augmentation.lead_in_ms = 500;
  const Window window(specification);
  EXPECT_EQ(window.lead_in, 8000U);
  EXPECT_EQ(window.length, 16000U);
  EXPECT_EQ(window.total(), 24000U);
}

}  // namespace
}  // namespace stapes::augmentation
