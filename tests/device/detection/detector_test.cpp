#include "device/detection/detector.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace stapes {
namespace {

constexpr const char* kLabels[] = {"yes", "no", "_unknown_"};
using Scores = std::array<uint8_t, 3>;

constexpr Scores kYes = {250, 3, 2};
constexpr Scores kNo = {1, 240, 14};
constexpr Scores kUnknown = {0, 0, 255};
constexpr Scores kNothing = {0, 0, 0};

Detector::Settings settings(int32_t window_ms, uint8_t threshold, int32_t suppression_ms,
                            int32_t minimum_count) {
  Detector::Settings result;
  result.average_window_duration_ms = window_ms;
  result.detection_threshold = threshold;
  result.suppression_ms = suppression_ms;
  result.minimum_count = minimum_count;
  return result;
}

class DetectorTest : public ::testing::Test {
 protected:
  void start(const Detector::Settings& with, int32_t results = Detector::kReferenceResults) {
    ASSERT_TRUE(
        detector_.initialize(with, kLabels, 3, memory_, Detector::memory_bytes(3, results)).ok());
  }
  Detection process(int64_t time_ms, const Scores& scores) {
    Detection detection;
    const Status status = detector_.process(time_ms, scores.data(), &detection);
    EXPECT_TRUE(status.ok()) << status.message;
    return detection;
  }

  Detector detector_;
  alignas(int64_t) uint8_t memory_[Detector::memory_bytes(3, 200)] = {};
};

TEST_F(DetectorTest, WaitsForTheMinimumCount) {
  start(settings(1000, 200, 500, 3));
  EXPECT_EQ(process(0, kNo).class_index, -1);
  EXPECT_FALSE(process(100, kNo).is_new);
  const Detection detection = process(200, kNo);
  EXPECT_TRUE(detection.is_new);
  EXPECT_EQ(detection.class_index, 1);
  EXPECT_EQ(detection.score, 240);
  EXPECT_EQ(detection.time_ms, 200);
}

TEST_F(DetectorTest, AveragesWithIntegerDivision) {
  start(settings(1000, 0, 0, 2));
  process(0, {0, 101, 0});
  EXPECT_EQ(process(10, {0, 100, 0}).score, 100);  // 201 / 2
  EXPECT_EQ(process(20, {0, 98, 0}).score, 99);    // 299 / 3
}

TEST_F(DetectorTest, ForgetsWhatIsOlderThanTheWindow) {
  start(settings(100, 200, 0, 2));
  process(0, kYes);
  EXPECT_EQ(process(100, kYes).class_index, 0);   // 0 is not older than 100 - 100
  EXPECT_EQ(process(250, kYes).class_index, -1);  // both are
  EXPECT_EQ(detector_.results(), 1);
}

TEST_F(DetectorTest, ThresholdIsStrict) {
  start(settings(100, 240, 0, 1));
  EXPECT_FALSE(process(0, kNo).is_new);
  start(settings(100, 239, 0, 1));
  EXPECT_TRUE(process(0, kNo).is_new);
}

TEST_F(DetectorTest, TheFirstOfEqualScoresWins) {
  start(settings(100, 10, 0, 1));
  EXPECT_EQ(process(0, {50, 50, 50}).class_index, 0);
  EXPECT_EQ(process(10, kNothing).class_index, 0);
}

TEST_F(DetectorTest, ThresholdsPerClassOverrideTheCommonOne) {
  static constexpr uint8_t kThresholds[] = {255, 100, 0};
  Detector::Settings with = settings(0, 0, 0, 1);
  with.detection_thresholds = kThresholds;
  start(with);
  EXPECT_FALSE(process(0, {255, 0, 0}).is_new);
  EXPECT_FALSE(process(1, {0, 100, 0}).is_new);
  EXPECT_TRUE(process(2, {0, 101, 0}).is_new);
}

TEST_F(DetectorTest, LabelsWithUnderscoreAreNotReported) {
  start(settings(100, 10, 0, 1));
  const Detection detection = process(0, kUnknown);
  EXPECT_FALSE(detection.is_new);
  EXPECT_EQ(detection.class_index, 2);
  Detector::Settings with = settings(100, 10, 0, 1);
  with.ignore_underscore = false;
  start(with);
  EXPECT_TRUE(process(0, kUnknown).is_new);
}

TEST_F(DetectorTest, TheSameClassIsSuppressedAndAnotherIsNot) {
  start(settings(0, 200, 500, 1));
  EXPECT_TRUE(process(1000, kYes).is_new);
  EXPECT_FALSE(process(1100, kYes).is_new);
  EXPECT_TRUE(process(1200, kNo).is_new);
  EXPECT_TRUE(process(1300, kYes).is_new);   // the last one was "no"
  EXPECT_FALSE(process(1800, kYes).is_new);  // 500 is not more than 500
  EXPECT_TRUE(process(1801, kYes).is_new);
}

// "unknown" between two words is no detection, so it does not end the suppression.
TEST_F(DetectorTest, SilentClassesDoNotEndTheSuppression) {
  start(settings(0, 200, 500, 1));
  EXPECT_TRUE(process(0, kYes).is_new);
  EXPECT_FALSE(process(100, kUnknown).is_new);
  EXPECT_FALSE(process(200, kYes).is_new);
}

TEST_F(DetectorTest, MinimumCountZeroJudgesEveryResultAlone) {
  start(settings(1000, 200, 0, 0));
  EXPECT_TRUE(process(0, kYes).is_new);
  EXPECT_TRUE(process(10, kNo).is_new);
  EXPECT_EQ(process(20, kNo).score, 240);
  EXPECT_EQ(detector_.results(), 0);
}

TEST_F(DetectorTest, FirstClassIsDetectedRightAfterTheStartUnlessTheFaultIsOn) {
  Detector::Settings with = settings(0, 200, 500, 1);
  start(with);
  EXPECT_TRUE(process(0, kYes).is_new);
  with.faults.first_class_suppressed_at_start = true;
  start(with);
  EXPECT_FALSE(process(0, kYes).is_new);
  EXPECT_FALSE(process(500, kYes).is_new);
  EXPECT_TRUE(process(501, kYes).is_new);
  start(with);
  EXPECT_TRUE(process(0, kNo).is_new);  // only the first class
}

TEST_F(DetectorTest, AFullQueueForgetsTheOldestUnlessTheFaultIsOn) {
  Detector::Settings with = settings(1000, 100, 0, 1);
  start(with, 4);
  for (int i = 0; i < 4; ++i) process(i, kYes);
  for (int i = 4; i < 7; ++i) process(i, kNo);
  EXPECT_EQ(detector_.results(), 4);
  EXPECT_EQ(process(7, kNo).score, 240);  // four times "no"
  with.faults.full_queue_drops_newest = true;
  start(with, 4);
  for (int i = 0; i < 4; ++i) process(i, kYes);
  for (int i = 4; i < 7; ++i) process(i, kNo);
  EXPECT_EQ(process(7, kNo).score, 250);  // still four times "yes"
  // The result of time 1001 comes while the queue is full of results that leave the window.
  EXPECT_EQ(process(1001, kNo).score, 250);
  EXPECT_EQ(detector_.results(), 3);
}

TEST_F(DetectorTest, TimeMustNotRunBackwards) {
  start(settings(1000, 200, 0, 1));
  process(100, kYes);
  process(100, kYes);
  Detection detection;
  EXPECT_FALSE(detector_.process(99, kYes.data(), &detection).ok());
  EXPECT_EQ(detector_.results(), 2);
  EXPECT_TRUE(process(101, kYes).class_index == 0);
}

TEST_F(DetectorTest, ResetForgetsEverything) {
  start(settings(1000, 200, 500, 2));
  process(100, kYes);
  EXPECT_TRUE(process(110, kYes).is_new);
  detector_.reset();
  EXPECT_EQ(process(0, kYes).class_index, -1);
  EXPECT_TRUE(process(1, kYes).is_new);
}

TEST_F(DetectorTest, RefusesWhatMakesNoSense) {
  const auto attempt = [&](const Detector::Settings& with, int32_t classes, uint8_t* memory,
                           size_t bytes) {
    return detector_.initialize(with, kLabels, classes, memory, bytes).ok();
  };
  const size_t bytes = Detector::memory_bytes(3, 50);
  EXPECT_TRUE(attempt(settings(1, 1, 1, 1), 3, memory_, bytes));
  EXPECT_FALSE(attempt(settings(-1, 1, 1, 1), 3, memory_, bytes));
  EXPECT_FALSE(attempt(settings(1, 1, -1, 1), 3, memory_, bytes));
  EXPECT_FALSE(attempt(settings(1, 1, 1, -1), 3, memory_, bytes));
  EXPECT_FALSE(attempt(settings(1, 1, 1, 1), 0, memory_, bytes));
  EXPECT_FALSE(attempt(settings(1, 1, 1, 1), 3, nullptr, bytes));
  EXPECT_FALSE(attempt(settings(1, 1, 1, 1), 3, memory_ + 1, bytes));
  EXPECT_FALSE(attempt(settings(1, 1, 1, 1), 3, memory_, 3));
  EXPECT_FALSE(attempt(settings(1, 1, 1, 51), 3, memory_, bytes));
}

TEST(Score, FromFloatRoundsDownAndSaturates) {
  EXPECT_EQ(score_from_float(0.0F), 0);
  EXPECT_EQ(score_from_float(1.0F), 255);
  EXPECT_EQ(score_from_float(0.999F), 254);
  EXPECT_EQ(score_from_float(0.5F), 127);
  EXPECT_EQ(score_from_float(-3.0F), 0);
  EXPECT_EQ(score_from_float(7.0F), 255);
  EXPECT_EQ(score_from_float(std::numeric_limits<float>::infinity()), 255);
  EXPECT_EQ(score_from_float(std::nanf("")), 0);
  EXPECT_EQ(score_from_int8(-128), 0);
  EXPECT_EQ(score_from_int8(127), 255);
}

}  // namespace
}  // namespace stapes
