// The spotter in place of the QUANTIZE that its model begins with: the same bytes in the model's
// stored input, and the same scores, as when float32 features are written and the QUANTIZE runs.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <memory>

#include "device/frontend/model_input.h"
#include "device/frontend/tables.h"
#include "device/graph/interpreter.h"
#include "device/spotter/spotter.h"
#include "device/spotter/tensor_values.h"
#include "tests/support/quantized_start.h"
#include "tests/support/spotter_memory.h"
#include "tests/support/tiny_model.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes {
namespace {

using test::allocate;
using test::Block;

constexpr const char* kLabels[] = {"high", "low", "_unknown_"};
constexpr int32_t kFeatures = test::kTinyFrames * test::kTinyChannels;

// An interpreter with the arena that it asks for.
class Loaded {
 public:
  Loaded(const Bytes& file, bool keep_all_tensors, bool quantized_input) {
    Interpreter::Options options;
    options.keep_all_tensors = keep_all_tensors;
    options.quantized_input = quantized_input;
    const size_t workspace_bytes = Interpreter::workspace_bound(file.size());
    const auto workspace = allocate(workspace_bytes);
    size_t bytes = 0;
    status_ = Interpreter::required_arena(file.data(), file.size(), all_operators(), options,
                                          workspace.get(), workspace_bytes, &bytes);
    if (!status_.ok()) return;
    arena_ = allocate(bytes);
    status_ = interpreter_.initialize(file.data(), file.size(), arena_.get(), bytes,
                                      all_operators(), options);
  }
  const Status& status() const { return status_; }
  Interpreter& interpreter() { return interpreter_; }

 private:
  Status status_;
  std::unique_ptr<Block[]> arena_;
  Interpreter interpreter_;
};

// The model as the spotter gets it, with what lies in its input when it is run.
struct WatchedModel {
  Interpreter* interpreter = nullptr;
  Bytes seen;

  static WatchedModel& of(void* self) { return *static_cast<WatchedModel*>(self); }
};

RunnableModel watched(WatchedModel& watch) {
  Interpreter& interpreter = *watch.interpreter;
  RunnableModel model = runnable_with(interpreter, interpreter.input(0), interpreter.output(0));
  model.self = &watch;
  model.reset = [](void* self) { WatchedModel::of(self).interpreter->reset(); };
  model.invoke = [](void* self) {
    WatchedModel& seen_by = WatchedModel::of(self);
    const TensorView input = seen_by.interpreter->input(0);
    const auto* bytes = static_cast<const uint8_t*>(input.data);
    seen_by.seen.assign(bytes, bytes + input.bytes);
    return seen_by.interpreter->invoke();
  };
  if (model.quantize_input == nullptr) return model;
  model.quantize_input = [](void* self, const float* values, int32_t first, int32_t count) {
    WatchedModel::of(self).interpreter->quantize_input(values, first, count);
  };
  return model;
}

Spotter::Settings tiny_settings(Spotter::Normalization normalization) {
  Spotter::Settings settings;
  settings.front_end.sample_length_ms = 200;
  settings.front_end.filterbank_n_channels = test::kTinyChannels;
  settings.normalization = normalization;
  settings.rescale = 0.0131F;
  settings.latency_ms = 20;
  return settings;
}

// Silence, then tones from soft to as loud as they can be.
std::vector<int16_t> sound() {
  std::vector<int16_t> samples(6000, 0);
  for (const double amplitude : {30.0, 1000.0, 32767.0}) {
    for (int i = 0; i < 3200; ++i) {
      samples.push_back(
          static_cast<int16_t>(std::lround(amplitude * std::sin(6.2831853 * 0.05 * i))));
    }
    samples.resize(samples.size() + 2000, 0);
  }
  return samples;
}

std::vector<float> features_of(const Spotter& spotter) {
  std::vector<float> values(kFeatures);
  const Spotter::Settings& settings = spotter.settings();
  if (settings.normalization == Spotter::Normalization::kMeanAndStd) {
    normalize_mean_and_std(spotter.spectrogram(), kFeatures, values.data());
  } else {
    const bool rescales = settings.normalization == Spotter::Normalization::kRescale;
    rescale(spotter.spectrogram(), kFeatures, rescales ? settings.rescale : 1.0F, values.data());
  }
  return values;
}

// Every inference of the sound against the model that runs its QUANTIZE over float32 features.
void expect_the_bytes_of_the_operator(const graph::Graph& graph, const Spotter::Settings& settings,
                                      bool is_direct) {
  const Bytes file = graph::serialize_tflite(graph);
  Loaded direct(file, false, true);
  Loaded whole(file, true, false);
  ASSERT_TRUE(direct.status().ok()) << direct.status().message;
  ASSERT_TRUE(whole.status().ok()) << whole.status().message;
  ASSERT_EQ(direct.interpreter().has_quantized_input(), is_direct);
  WatchedModel watch;
  watch.interpreter = &direct.interpreter();

  const auto tables_memory_block = allocate(tables_memory(settings.front_end));
  FrontEndTables tables;
  ASSERT_TRUE(build_tables(settings.front_end, tables_memory_block.get(),
                           tables_memory(settings.front_end), tables)
                  .ok());
  const size_t bytes = Spotter::required_memory_without_model(settings, 3);
  const auto memory = allocate(bytes);
  Spotter spotter;
  ASSERT_TRUE(
      spotter.initialize(settings, tables, watched(watch), kLabels, 3, memory.get(), bytes).ok());

  const int32_t stored = graph.operators[0].outputs[0];
  int inferences = 0;
  const std::vector<int16_t> samples = sound();
  const auto compare = [&](const Spotter::Inference& inference) {
    const std::vector<float> features = features_of(spotter);
    const TensorView input = whole.interpreter().input(0);
    std::memcpy(input.data, features.data(), input.bytes);
    ASSERT_TRUE(whole.interpreter().invoke().ok());
    const TensorView expected = whole.interpreter().tensor(is_direct ? stored : graph.inputs[0]);
    ASSERT_EQ(watch.seen.size(), expected.bytes);
    ASSERT_EQ(std::memcmp(watch.seen.data(), expected.data, expected.bytes), 0)
        << inference.time_ms;
    const auto* scores = static_cast<const float*>(whole.interpreter().output(0).data);
    for (int i = 0; i < 3; ++i) {
      ASSERT_EQ(inference.scores[i], score_from_float(scores[i])) << inference.time_ms;
    }
    ++inferences;
  };
  ASSERT_TRUE(spotter.push(samples.data(), static_cast<int32_t>(samples.size()), compare).ok());
  EXPECT_GT(inferences, 50);
}

using Normalization = Spotter::Normalization;
constexpr Normalization kNormalizations[] = {Normalization::kMeanAndStd, Normalization::kRescale,
                                             Normalization::kNone};

TEST(SpotterQuantizedInput, HasTheBytesOfTheOperator) {
  const struct {
    TensorType type;
    float scale;
    int64_t zero_point;
  } storages[] = {
      {TensorType::kInt8, 0.05F, -3},  {TensorType::kInt8, 0.0173F, -128},
      {TensorType::kInt8, 0.25F, 127}, {TensorType::kInt8, 1e-4F, 0},  // most values saturate
      {TensorType::kInt16, 0.001F, 0}, {TensorType::kInt16, 1e-5F, -32768},
  };
  for (const auto& [type, scale, zero_point] : storages) {
    const graph::Graph graph =
        test::with_quantized_start(test::tiny_graph(), type, scale, zero_point);
    for (const Normalization normalization : kNormalizations) {
      SCOPED_TRACE(testing::Message() << graph::name_of(type) << " " << scale << " " << zero_point
                                      << " " << static_cast<int>(normalization));
      expect_the_bytes_of_the_operator(graph, tiny_settings(normalization), true);
    }
  }
}

TEST(SpotterQuantizedInput, IsFloatWhereSomethingElseReadsIt) {
  const graph::Graph graph =
      test::with_float_input_read_again(test::tiny_graph(), TensorType::kInt8, 0.05F, -3);
  for (const Normalization normalization : kNormalizations) {
    expect_the_bytes_of_the_operator(graph, tiny_settings(normalization), false);
  }
}

// What the spotter asks for is enough to the byte, and less than with float32 features.
TEST(SpotterQuantizedInput, TakesTheFloatsOutOfTheMemory) {
  const graph::Graph graph =
      test::with_quantized_start(test::tiny_graph(), TensorType::kInt8, 0.05F, -3);
  const Bytes file = graph::serialize_tflite(graph);
  const auto arena = [&](bool quantized_input) {
    Loaded loaded(file, false, quantized_input);
    EXPECT_TRUE(loaded.status().ok());
    return loaded.interpreter().arena_used();
  };
  EXPECT_LE(arena(true), arena(false));
  const Spotter::Settings settings = tiny_settings(Normalization::kMeanAndStd);
  const size_t bytes = Spotter::required_memory(settings, 3) + arena(true);
  const auto memory = allocate(bytes + sizeof(Block));
  auto* const end = reinterpret_cast<uint8_t*>(memory.get()) + bytes;
  std::memset(end, 0xA5, sizeof(Block));
  Spotter spotter;
  const auto initialize = [&](size_t size) {
    return spotter.initialize(settings, file.data(), file.size(), all_operators(), kLabels, 3,
                              memory.get(), size);
  };
  ASSERT_TRUE(initialize(bytes).ok());
  const std::vector<int16_t> samples = sound();
  int inferences = 0;
  ASSERT_TRUE(spotter
                  .push(samples.data(), static_cast<int32_t>(samples.size()),
                        [&](const Spotter::Inference&) { ++inferences; })
                  .ok());
  EXPECT_GT(inferences, 50);
  for (size_t i = 0; i < sizeof(Block); ++i) ASSERT_EQ(end[i], 0xA5);
  EXPECT_FALSE(initialize(bytes - 1).ok());
}

}  // namespace
}  // namespace stapes
