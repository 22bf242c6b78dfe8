// `stapes compile --spotter`: the compiled spotter is built with the host's compiler and hears a
// sound; it must say what the spotter with the interpreter says, to the last bit.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "device/graph/interpreter.h"
#include "device/spotter/model_settings.h"
#include "tests/support/quantized_start.h"
#include "tests/support/spotter_memory.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"
#include "tests/support/tones.h"
#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"
#include "toolkit/codegen/compile_model.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/quantization/quantize_model.h"

namespace stapes::codegen {
namespace {

using test::TemporaryFolder;

graph::Graph tiny_int8() {
  const graph::Graph float_graph = test::tiny_graph();
  const size_t size = quantization::input_size(float_graph);
  Random random(1, Purpose::kTest);
  std::vector<float> inputs(8 * size);
  for (float& value : inputs) value = static_cast<float>(random.normal());
  return quantization::quantize_model(float_graph, quantization::inputs_from(inputs, size))
      .quantized.graph;
}

graph::Graph with_parameters(graph::Graph graph, const graph::Parameters& parameters) {
  graph::store_parameters(graph, parameters);
  return graph;
}

std::vector<int16_t> sound() {
  audio::Clip clip = test::silence(0.3);
  test::append(clip, test::tone(5000.0, 0.15));
  test::append(clip, test::silence(0.5));
  test::append(clip, test::tone(300.0, 0.15));
  test::append(clip, test::silence(0.4));
  std::vector<int16_t> samples;
  for (const float value : clip.samples) {
    samples.push_back(static_cast<int16_t>(std::lround(value * 32767.0F)));
  }
  return samples;
}

std::string line(int64_t time_ms, const uint8_t* scores, int32_t classes, bool is_new,
                 int32_t class_index, int32_t score, const char* label) {
  std::string text = fmt::format("{} {} {} {} {}", time_ms, is_new ? 1 : 0, class_index, score,
                                 label == nullptr ? "-" : label);
  for (int32_t i = 0; i < classes; ++i) text += fmt::format(" {}", scores[i]);
  return text + "\n";
}

// What the spotter with the interpreter says of the sound.
std::string interpreted(const graph::Graph& graph, const std::vector<int16_t>& samples) {
  const Bytes model = graph::serialize_tflite(graph);
  ModelSettings settings;
  EXPECT_TRUE(read_model_settings(model.data(), model.size(), &settings).ok());
  constexpr size_t kBytes = 128 * 1024;
  const auto memory = test::allocate(kBytes);
  Spotter spotter;
  EXPECT_TRUE(spotter
                  .initialize(settings.spotter, model.data(), model.size(), all_operators(),
                              settings.labels, settings.classes, memory.get(), kBytes)
                  .ok());
  std::string heard;
  EXPECT_TRUE(spotter
                  .push(samples.data(), static_cast<int32_t>(samples.size()),
                        [&](const Spotter::Inference& i) {
                          const int32_t index = i.detection.class_index;
                          heard +=
                              line(i.time_ms, i.scores, settings.classes, i.detection.is_new, index,
                                   i.detection.score, index < 0 ? nullptr : settings.labels[index]);
                        })
                  .ok());
  return heard;
}

// Reads samples in pieces of 123, through the C++ interface or, with C, through the other.
constexpr const char* kProgram = R"(
#include <cstdio>
#include "tested_spotter.h"
namespace {
tested::Spotter spotter;
tested_spotter c_spotter;
tested_model model;
void show(const tested_inference& i) {
  std::printf("%lld %d %d %d %s", static_cast<long long>(i.time_ms), i.is_new ? 1 : 0,
              i.class_index, i.score, i.label == nullptr ? "-" : i.label);
  for (int k = 0; k < TESTED_CLASSES; ++k) std::printf(" %d", i.scores[k]);
  std::printf("\n");
}
void show_through_c(const tested_inference* inference, void*) { show(*inference); }
}
int main(int count, char** names) {
  if (!tested_self_test(&model)) return 5;
  const bool c = count > 2;
  if (!(c ? tested_spotter_initialize(&c_spotter) : spotter.initialize())) return 3;
  std::FILE* in = std::fopen(names[1], "rb");
  int16_t samples[123];
  for (size_t n; (n = std::fread(samples, 2, 123, in)) > 0;) {
    const auto size = static_cast<int32_t>(n);
    const bool done = c ? tested_spotter_push(&c_spotter, samples, size, show_through_c, nullptr)
                        : spotter.push(samples, size, show);
    if (!done) return 4;
  }
  return 0;
}
)";

int run(const std::string& command) { return std::system(command.c_str()); }

void expect_the_same(const graph::Graph& graph) {
  const TemporaryFolder folder;
  const CompiledModel model = compile_model(graph, "tested", find_target("host"), true);
  write_compiled_model(model, folder.path());
  write_text_file(folder / "program.cpp", kProgram);
  const std::vector<int16_t> samples = sound();
  const auto* bytes = reinterpret_cast<const uint8_t*>(samples.data());
  write_file(folder / "samples", Bytes(bytes, bytes + samples.size() * sizeof(int16_t)));
  std::string sources;
  for (const auto& [path, text] : model.files) {
    if (path.ends_with(".cpp")) sources += " " + path;
  }
  const std::string cd = fmt::format("cd '{}' && ", folder.path().string());
  const std::string build = fmt::format(
      "{} -std=c++17 -O1 -fno-exceptions -fno-rtti -ffp-contract=off -Wall -Wextra -Wconversion "
      "-Wshadow -Werror -I. program.cpp{} -o program",
      STAPES_TEST_COMPILER, sources);
  ASSERT_EQ(run(cd + build), 0) << build;
  ASSERT_EQ(run(cd + "./program samples >heard && ./program samples c >heard_by_c"), 0);
  const std::string expected = interpreted(graph, samples);
  EXPECT_NE(expected.find(" 1 0 "), std::string::npos) << "no high tone was heard";
  EXPECT_EQ(read_text_file(folder / "heard"), expected);
  EXPECT_EQ(read_text_file(folder / "heard_by_c"), expected);
}

TEST(CompileSpotter, HearsWhatTheInterpreterHears) {
  expect_the_same(with_parameters(test::tiny_graph(), test::tiny_parameters()));
}

TEST(CompileSpotter, HearsWhatTheInterpreterHearsInInt8) {
  graph::Parameters parameters = test::tiny_parameters();
  parameters.set("detection_threshold_list", std::vector<int64_t>{170, 180, 255});
  parameters.set("fe.noise_reduction_enable", true);
  parameters.set("fe.pcan_enable", true);
  parameters.set("fe.dc_notch_filter_enable", true);
  parameters.set("volume_gain", 1.5);
  parameters.set("classes", std::vector<std::string>{"hi\"gh\\", "low", "_unknown_"});
  expect_the_same(with_parameters(tiny_int8(), parameters));
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The spotter does what the QUANTIZE at the model's beginning would, wherever it can.
TEST(CompileSpotter, QuantizesTheInputItself) {
  const graph::Graph graph = with_parameters(tiny_int8(), test::tiny_parameters());
  ASSERT_EQ(graph.operators[0].code, OperatorCode::kQuantize);
  const CompiledModel model = compile_model(graph, "tested", find_target("host"), false);
  EXPECT_TRUE(contains(model.files.at("tested.h"), "float* tested_input("));
  EXPECT_TRUE(contains(model.files.at("tested.cpp"), "::kernels::quantize("));
  const CompiledModel spotter = compile_model(graph, "tested", find_target("host"), true);
  EXPECT_TRUE(contains(spotter.files.at("tested.h"), "int8_t* tested_input("));
  EXPECT_FALSE(contains(spotter.files.at("tested.cpp"), "::kernels::quantize("));
  EXPECT_TRUE(contains(spotter.files.at("tested_spotter.cpp"), "::kernels::quantize("));
  EXPECT_LT(spotter.arena_bytes, model.arena_bytes);
}

TEST(CompileSpotter, QuantizesTheInputTo16Bits) {
  const graph::Graph graph =
      with_parameters(test::with_quantized_start(test::tiny_graph(), TensorType::kInt16, 0.001F, 5),
                      test::tiny_parameters());
  expect_the_same(graph);
  const CompiledModel model = compile_model(graph, "tested", find_target("host"), true);
  EXPECT_TRUE(contains(model.files.at("tested.h"), "int16_t* tested_input("));
}

TEST(CompileSpotter, LeavesTheInputWhereSomethingElseReadsIt) {
  const graph::Graph graph = with_parameters(
      test::with_float_input_read_again(test::tiny_graph(), TensorType::kInt8, 0.05F, -3),
      test::tiny_parameters());
  expect_the_same(graph);
  const CompiledModel model = compile_model(graph, "tested", find_target("host"), true);
  EXPECT_TRUE(contains(model.files.at("tested.h"), "float* tested_input("));
  EXPECT_TRUE(contains(model.files.at("tested.cpp"), "::kernels::quantize("));
}

TEST(CompileSpotter, HasNoInterpreter) {
  const auto files = compile_model(with_parameters(test::tiny_graph(), test::tiny_parameters()),
                                   "tested", find_target("cortex-m4"), true)
                         .files;
  for (const auto& [path, text] : files) {
    EXPECT_EQ(path.find("interpret"), std::string::npos) << path;
    EXPECT_EQ(path.find("graph/"), std::string::npos) << path;
  }
  EXPECT_LT(files.at("tested_spotter.h").find("static tested::Spotter spotter;"), 250U);
}

void expect_refusal(const graph::Graph& graph, const std::string& why) {
  try {
    compile_model(graph, "tested", find_target("host"), true);
    FAIL() << "should say: " << why;
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(why), std::string::npos) << error.what();
  }
}

TEST(CompileSpotter, SaysWhatTheMetadataLacks) {
  expect_refusal(test::tiny_graph(), "no metadata");
  graph::Parameters parameters = test::tiny_parameters();
  parameters.set("fe.filterbank_n_channels", int64_t{9});
  expect_refusal(with_parameters(test::tiny_graph(), parameters), "the front end makes 162");
  parameters = test::tiny_parameters();
  parameters.set("classes", std::vector<std::string>{"a", "b"});
  expect_refusal(with_parameters(test::tiny_graph(), parameters), "3 scores for 2 classes");
}

}  // namespace
}  // namespace stapes::codegen
