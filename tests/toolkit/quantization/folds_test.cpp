#include "toolkit/quantization/folds.h"

#include <gtest/gtest.h>

#include <set>

namespace stapes::quantization {
namespace {

Inputs numbered(size_t count) {
  Inputs inputs;
  inputs.count = count;
  inputs.fill = [](size_t index, std::span<float> values) {
    values[0] = static_cast<float>(index);
  };
  return inputs;
}

std::set<size_t> all_of(const Inputs& inputs) {
  std::set<size_t> result;
  for (size_t i = 0; i < inputs.count; ++i) {
    float value = -1;
    inputs.fill(i, std::span<float>(&value, 1));
    result.insert(static_cast<size_t>(value));
  }
  EXPECT_EQ(result.size(), inputs.count);
  return result;
}

TEST(CrossValidation, EachInputJudgesOnceAndNeverWhatItCalibrated) {
  std::set<size_t> judged;
  const std::vector<Fold> folds = cross_validation(numbered(20), 3);
  ASSERT_EQ(folds.size(), 3U);
  for (const Fold& fold : folds) {
    const std::set<size_t> judging = all_of(fold.judging);
    const std::set<size_t> calibrating = all_of(fold.calibrating);
    EXPECT_EQ(judging.size() + calibrating.size(), 20U);
    for (const size_t i : judging) {
      EXPECT_FALSE(calibrating.contains(i));
      EXPECT_TRUE(judged.insert(i).second);
    }
    EXPECT_EQ(std::set<size_t>(fold.judged.begin(), fold.judged.end()), judging);
  }
  EXPECT_EQ(judged.size(), 20U);
}

TEST(CrossValidation, WhatIsOfOneRecordingStaysTogether) {
  Inputs inputs = numbered(20);
  inputs.together = 2;
  for (const Fold& fold : cross_validation(inputs, 3)) {
    const std::set<size_t> judged(fold.judged.begin(), fold.judged.end());
    for (const size_t i : judged) EXPECT_TRUE(judged.contains(i ^ 1U)) << i;
    EXPECT_EQ(judged.size() % 2, 0U);
  }
}

TEST(CrossValidation, AFewInputsDoBoth) {
  const std::vector<Fold> folds = cross_validation(numbered(5), 3);
  ASSERT_EQ(folds.size(), 1U);
  EXPECT_EQ(all_of(folds[0].judging), all_of(folds[0].calibrating));
  EXPECT_EQ(folds[0].judged, (std::vector<size_t>{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace stapes::quantization
