#include "device/spotter/model_settings.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "device/frontend/settings_fields.h"
#include "tests/support/tiny_model.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::test {
namespace {

Bytes file_with(const graph::Parameters& parameters) {
  graph::Graph graph = tiny_graph();
  graph::store_parameters(graph, parameters, 0);
  return graph::serialize_tflite(graph);
}

TEST(ModelSettings, AreThoseOfTheMetadata) {
  graph::Parameters parameters = tiny_parameters();
  parameters.set("volume_gain", 1.5);
  parameters.set("detection_threshold_list", std::vector<int64_t>{10, 300, -1});
  const Bytes file = file_with(parameters);
  ModelSettings settings;
  const Status status = read_model_settings(file.data(), file.size(), &settings);
  ASSERT_TRUE(status.ok()) << status.message;
  ASSERT_EQ(settings.classes, 3);
  EXPECT_STREQ(settings.labels[0], "high");
  EXPECT_STREQ(settings.labels[2], "_unknown_");
  EXPECT_EQ(settings.spotter.normalization, Spotter::Normalization::kMeanAndStd);
  EXPECT_EQ(settings.spotter.latency_ms, 20);
  EXPECT_EQ(settings.spotter.volume_gain, 1.5F);
  EXPECT_EQ(settings.spotter.detector.average_window_duration_ms, 50);
  EXPECT_EQ(settings.spotter.detector.detection_threshold, 180);
  EXPECT_EQ(settings.spotter.detector.suppression_ms, 300);
  EXPECT_EQ(settings.spotter.detector.minimum_count, 2);
  ASSERT_EQ(settings.spotter.detector.detection_thresholds, settings.thresholds);
  EXPECT_EQ(settings.thresholds[0], 10);
  EXPECT_EQ(settings.thresholds[1], 255);
  EXPECT_EQ(settings.thresholds[2], 0);
}

TEST(ModelSettings, KnowEveryFieldOfTheFrontEnd) {
  graph::Parameters parameters = tiny_parameters();
  FrontEndSettings wanted;
  int32_t count = 0;
  for_each_front_end_field(wanted, [&](const char* key, auto& value) {
    using Value = std::decay_t<decltype(value)>;
    const std::string name = std::string("fe.") + key;
    ++count;
    if constexpr (std::is_same_v<Value, bool>) {
      value = !value;
      parameters.set(name, value);
    } else if constexpr (std::is_same_v<Value, int32_t>) {
      value = 1000 * count;
      parameters.set(name, int64_t{value});
    } else {
      value = 0.125F * static_cast<float>(count);
      parameters.set(name, static_cast<double>(value));
    }
  });
  const Bytes file = file_with(parameters);
  ModelSettings settings;
  ASSERT_TRUE(read_model_settings(file.data(), file.size(), &settings).ok());
  std::vector<double> expected, read;
  const auto into = [](std::vector<double>& list) {
    return [&list](const char*, const auto& value) { list.push_back(static_cast<double>(value)); };
  };
  for_each_front_end_field(wanted, into(expected));
  for_each_front_end_field(settings.spotter.front_end, into(read));
  EXPECT_EQ(read, expected);
}

TEST(ModelSettings, RefuseWhatIsMissingOrWrong) {
  ModelSettings settings;
  const auto fails = [&](const Bytes& file) {
    return !read_model_settings(file.data(), file.size(), &settings).ok();
  };
  EXPECT_TRUE(fails(graph::serialize_tflite(tiny_graph())));
  EXPECT_TRUE(fails({}));
  graph::Parameters nameless = tiny_parameters();
  nameless.erase("classes");
  EXPECT_TRUE(fails(file_with(nameless)));
  const auto with = [](const char* key, graph::ParameterValue value) {
    graph::Parameters parameters = tiny_parameters();
    parameters.set(key, std::move(value));
    return file_with(parameters);
  };
  EXPECT_TRUE(fails(with("classes", std::vector<std::string>(65, "x"))));
  EXPECT_TRUE(fails(with("detection_threshold", int64_t{256})));
  EXPECT_TRUE(fails(with("latency_ms", int64_t{-1})));
  EXPECT_TRUE(fails(with("suppression_ms", std::string("long"))));
  EXPECT_TRUE(fails(with("detection_threshold_list", std::vector<int64_t>{1, 2})));
  EXPECT_FALSE(fails(file_with(tiny_parameters())));
}

// Nothing outside the file is read: the sanitizers would notice, as the file ends where its memory
// does.
TEST(ModelSettings, SurviveDamagedFiles) {
  const Bytes file = file_with(tiny_parameters());
  ModelSettings settings;
  for (size_t size = 0; size < file.size(); size += 7) {
    const Bytes cut(file.begin(), file.begin() + static_cast<ptrdiff_t>(size));
    (void)read_model_settings(cut.data(), cut.size(), &settings);
  }
  for (size_t at = 0; at < file.size(); ++at) {
    for (const uint8_t value : {uint8_t{0x00}, uint8_t{0x7F}, uint8_t{0xFF}}) {
      Bytes changed = file;
      changed[at] = value;
      (void)read_model_settings(changed.data(), changed.size(), &settings);
    }
  }
}

}  // namespace
}  // namespace stapes::test
