#include "toolkit/evaluation/stream_spotter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/support/tiny_test_model.h"
#include "toolkit/base/error.h"

namespace stapes::evaluation {
namespace {

TEST(StreamSettings, ComeFromTheMetadataAndElseFromTheReferencesDefaults) {
  TestModel model = test::tiny_test_model();
  const StreamSettings settings = stream_settings(model);
  EXPECT_EQ(settings.spotter.detector.average_window_duration_ms, 50);
  EXPECT_EQ(settings.spotter.detector.detection_threshold, 180);
  EXPECT_EQ(settings.spotter.detector.suppression_ms, 300);
  EXPECT_EQ(settings.spotter.detector.minimum_count, 2);
  EXPECT_EQ(settings.spotter.latency_ms, 20);
  EXPECT_EQ(settings.spotter.normalization, Spotter::Normalization::kMeanAndStd);
  EXPECT_FALSE(settings.spotter.keep_state);
  model.parameters = {};
  const StreamSettings defaults = stream_settings(model);
  EXPECT_EQ(defaults.spotter.detector.average_window_duration_ms, 1000);
  EXPECT_EQ(defaults.spotter.detector.detection_threshold, 185);
  EXPECT_EQ(defaults.spotter.detector.suppression_ms, 1500);
  EXPECT_EQ(defaults.spotter.detector.minimum_count, 3);
  EXPECT_EQ(defaults.spotter.latency_ms, 100);
}

TEST(StreamSettings, RefusesValuesThatMakeNoSense) {
  TestModel model = test::tiny_test_model();
  model.parameters.set("detection_threshold", int64_t{256});
  EXPECT_THROW(stream_settings(model), Error);
  model = test::tiny_test_model();
  model.parameters.set("latency_ms", std::string("soon"));
  EXPECT_THROW(stream_settings(model), Error);
  model = test::tiny_test_model();
  model.parameters.set("detection_threshold_list", std::vector<int64_t>{1, 2});
  EXPECT_THROW(stream_settings(model), Error);
  model.parameters.set("detection_threshold_list", std::vector<int64_t>{255, 2, 3});
  EXPECT_EQ(stream_settings(model).detection_thresholds, (std::vector<uint8_t>{255, 2, 3}));
}

std::vector<int16_t> high_tone() {
  std::vector<int16_t> samples(8000, 0);
  for (int i = 0; i < 4800; ++i) {
    samples.push_back(static_cast<int16_t>(
        std::lround(6000.0 * std::sin(2.0 * std::numbers::pi * 5000.0 * i / 16000.0))));
  }
  return samples;
}

std::vector<int> detected(StreamSpotter& spotter) {
  std::vector<int> classes;
  spotter.push(high_tone(), [&](const Spotter::Inference& inference) {
    if (inference.detection.is_new) classes.push_back(inference.detection.class_index);
  });
  return classes;
}

TEST(StreamSpotter, DetectsAndKeepsThresholdsAlive) {
  const TestModel model = test::tiny_test_model();
  StreamSettings settings = stream_settings(model);
  StreamSpotter spotter(model, settings);
  EXPECT_EQ(detected(spotter), std::vector<int>{0});
  EXPECT_GT(spotter.memory_bytes(), 1000U);
  settings.detection_thresholds = {255, 0, 0};
  StreamSpotter deaf(model, settings);
  settings.detection_thresholds.clear();
  EXPECT_TRUE(detected(deaf).empty());
}

TEST(StreamSpotter, NamesTheModelThatDoesNotFit) {
  TestModel model = test::tiny_test_model();
  const StreamSettings settings = stream_settings(model);
  model.classes.pop_back();
  try {
    const StreamSpotter spotter(model, settings);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("tiny.tflite"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace stapes::evaluation
