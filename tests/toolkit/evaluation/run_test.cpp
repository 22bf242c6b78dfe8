#include "toolkit/evaluation/run.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"
#include "toolkit/base/error.h"
#include "toolkit/evaluation/condition.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/network/model_parameters.h"
#include "toolkit/network/network.h"

namespace stapes::evaluation {
namespace {

constexpr size_t kValues = test::kTinyFrames * test::kTinyChannels;

// Features as they are after normalization: +1 where it is loud, -1 where it is not.
class Loudness : public augmentation::ExampleSource {
 public:
  explicit Loudness(std::vector<std::string> classes, size_t clips)
      : classes_(std::move(classes)), clips_(clips) {}

  size_t size() const override { return clips_; }
  size_t values_per_example() const override { return kValues; }
  const std::vector<std::string>& classes() const override { return classes_; }
  std::vector<size_t> class_counts() const override { return {}; }
  int fill(uint64_t /*epoch*/, size_t index, std::span<float> features) const override {
    const size_t kind = index % 3;
    for (size_t i = 0; i < features.size(); ++i) {
      const bool upper = i % test::kTinyChannels >= test::kTinyChannels / 2;
      features[i] = kind == 2 ? 0.0F : (upper == (kind == 0) ? 1.0F : -1.0F);
    }
    return static_cast<int>(kind);
  }

 private:
  std::vector<std::string> classes_;
  size_t clips_;
};

TestModel write_and_read(const Path& path, bool with_parameters = true) {
  graph::Graph graph = test::tiny_graph();
  if (with_parameters) graph::store_parameters(graph, test::tiny_parameters());
  graph::write_tflite(path, graph);
  return read_test_model(path, nullptr);
}

TEST(TestModel, TakesLabelsAndFrontEndFromTheMetadata) {
  const test::TemporaryFolder folder;
  const TestModel model = write_and_read(folder / "tiny_int8.tflite");
  EXPECT_EQ(model.name, "tiny_int8");
  EXPECT_EQ(model.classes, test::tiny_classes());
  EXPECT_EQ(model.features.front_end.sample_length_ms, 200);
  EXPECT_EQ(model.features.normalization, Normalization::kMeanAndStd);
}

TEST(TestModel, WithoutMetadataAsksForTheSpecification) {
  const test::TemporaryFolder folder;
  try {
    write_and_read(folder / "bare.tflite", false);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("specification"), std::string::npos);
  }
  Specification specification;
  specification.keywords = {"high", "low"};
  specification.features.front_end.sample_length_ms = 200;
  specification.features.front_end.filterbank_n_channels = test::kTinyChannels;
  EXPECT_EQ(read_test_model(folder / "bare.tflite", &specification).classes, test::tiny_classes());
  specification.features.front_end.filterbank_n_channels = 9;
  EXPECT_THROW(read_test_model(folder / "bare.tflite", &specification), Error);
  specification.features.front_end.filterbank_n_channels = test::kTinyChannels;
  specification.keywords = {"high"};
  EXPECT_THROW(read_test_model(folder / "bare.tflite", &specification), Error);
}

TEST(RunModels, GivesEveryClipItsScoresOnAnyNumberOfThreads) {
  const test::TemporaryFolder folder;
  const std::vector<TestModel> models = {write_and_read(folder / "tiny.tflite")};
  const Loudness source(test::tiny_classes(), 600);  // more than one block
  const auto one = run_models(models, source, {false, 1, "test"});
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(decisions(one[0]), one[0].labels);
  for (const bool carry_state : {false, true}) {  // there is no state in this model
    const auto three = run_models(models, source, {carry_state, 3, "test"});
    EXPECT_EQ(three[0].values, one[0].values);
    EXPECT_EQ(three[0].labels, one[0].labels);
  }
}

// A model with a state: what it says of a clip depends on the clips before it, unless it is reset.
TEST(RunModels, ResetsTheStateBeforeEachClipUnlessItIsCarried) {
  const Specification specification = parse_specification(R"(
      version = 1
      [classes]
      keywords = ["high", "low"]
      [[data.sources]]
      path = "."
      [frontend]
      sample_length_ms = 200
      filterbank_n_channels = 8
      [[network.layers]]
      type = "reshape"
      shape = [18, 8]
      [[network.layers]]
      type = "lstm"
      units = 4
      [[network.layers]]
      type = "last_step"
      [[network.layers]]
      type = "dense"
      [[network.layers]]
      type = "softmax"
      )",
                                                          "lstm.toml");
  const auto network =
      network::expand(specification.network, {test::kTinyFrames, 1, test::kTinyChannels}, 3);
  graph::Graph graph = network::lower(network, network::initialize(network, 1));
  graph::store_parameters(graph, network::model_parameters(specification));
  const test::TemporaryFolder folder;
  graph::write_tflite(folder / "lstm.tflite", graph);
  const std::vector<TestModel> models = {read_test_model(folder / "lstm.tflite", nullptr)};

  const Loudness source(test::tiny_classes(), 300);
  const Scores reset = run_models(models, source, {false, 2, "test"})[0];
  for (size_t i = 3; i < 300; ++i) {  // clips repeat every three
    for (size_t c = 0; c < 3; ++c) EXPECT_EQ(reset.of(i)[c], reset.of(i % 3)[c]);
  }
  const Scores carried = run_models(models, source, {true, 2, "test"})[0];
  EXPECT_NE(carried.values, reset.values);
  EXPECT_EQ(carried.labels, reset.labels);
  EXPECT_EQ(run_models(models, source, {true, 1, "test"})[0].values, carried.values);
}

TEST(RunModels, MapsTheDatasClassesToTheModels) {
  EXPECT_EQ(class_mapping({"low", "high", "other"}, test::tiny_classes()),
            (std::vector<int>{1, 0, 2}));
  EXPECT_EQ(class_mapping({"x"}, {"_silence_", "a", "_unknown_"}), (std::vector<int>{2}));
  EXPECT_EQ(class_mapping({"x"}, {"a", "_silence_"}), (std::vector<int>{1}));
  EXPECT_THROW(class_mapping({"x"}, {"a", "b"}), Error);
}

TEST(RunModels, RefusesAnEmptySplit) {
  const test::TemporaryFolder folder;
  const std::vector<TestModel> models = {write_and_read(folder / "tiny.tflite")};
  EXPECT_THROW(run_models(models, Loudness(test::tiny_classes(), 0), {}), Error);
}

TEST(Conditions, AreRead) {
  const auto conditions = parse_conditions("clean,20,0,20,-2.5");
  std::vector<std::string> names;
  for (const Condition& condition : conditions) names.push_back(condition.name());
  EXPECT_EQ(names, (std::vector<std::string>{"clean", "20 dB", "0 dB", "-2.5 dB"}));
  EXPECT_THROW(parse_conditions("clear"), UsageError);
  EXPECT_THROW(parse_conditions(""), UsageError);
  EXPECT_THROW(parse_conditions("20x"), UsageError);
}

}  // namespace
}  // namespace stapes::evaluation
