// Compiled models are built with the host's compiler, run, and compared with the interpreter byte
// for byte: several inputs, the state carried on and reset.
#include "toolkit/codegen/compile_model.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "tests/conformance/random_models.h"
#include "tests/support/reference_data.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tutorial_network.h"
#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"
#include "toolkit/graph/executor.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/network/network.h"
#include "toolkit/quantization/quantize_model.h"
#include "toolkit/specification/specification.h"

namespace stapes::codegen {
namespace {

using test::reference_data;
using test::TemporaryFolder;

constexpr int kWindows = 3;     // a reset before each
constexpr int kInferences = 2;  // in each

graph::Graph float_model(const std::string& lstm = "units = 6") {
  const Specification specification =
      parse_specification(test::tutorial_specification(8, 1, lstm), "test");
  const network::Network network = network::expand(specification.network, {20, 1, 10}, 4);
  return network::lower(network, network::initialize(network, 1));
}

graph::Graph int8_model(const graph::Graph& graph = float_model()) {
  const size_t size = quantization::input_size(graph);
  Random random(1, Purpose::kTest);
  std::vector<float> inputs(4 * size);
  for (float& value : inputs) value = static_cast<float>(random.normal());
  return quantization::quantize_model(graph, quantization::inputs_from(inputs, size))
      .quantized.graph;
}

int run(const std::string& command) { return std::system(command.c_str()); }

// A program that reads inputs and writes what the compiled model answers.
constexpr const char* kProgram = R"(
#include <cstdio>
#include "tested.h"
int main(int, char** names) {
  static tested::Model model;
  if (!model.self_test()) return 3;
  std::FILE* in = std::fopen(names[1], "rb");
  std::FILE* out = std::fopen(names[2], "wb");
  for (int window = 0; window < WINDOWS; ++window) {
    model.reset();
    for (int inference = 0; inference < INFERENCES; ++inference) {
      constexpr size_t kSize = TESTED_INPUT_ELEMENTS * sizeof(*model.input());
      if (std::fread(model.input(), 1, kSize, in) != kSize) return 4;
      if (!model.invoke()) return 5;
      std::fwrite(model.output(), sizeof(*model.output()), TESTED_OUTPUT_ELEMENTS, out);
    }
  }
  std::fclose(out);
  std::fclose(in);
  return 0;
}
)";

Bytes random_input(const graph::Graph& graph, Random& random) {
  const graph::Tensor& tensor = graph.tensors[static_cast<size_t>(graph.inputs[0])];
  Bytes bytes(static_cast<size_t>(tensor.elements()) * graph::size_of(tensor.type));
  if (tensor.type != TensorType::kFloat32) {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.next());
    return bytes;
  }
  for (size_t at = 0; at < bytes.size(); at += sizeof(float)) {
    const auto value = static_cast<float>(2 * random.normal());
    std::memcpy(bytes.data() + at, &value, sizeof(value));
  }
  return bytes;
}

std::string sources_of(const CompiledModel& model) {
  std::string sources;
  for (const auto& [path, text] : model.files) {
    if (path.ends_with(".cpp")) sources += " " + path;
  }
  return sources;
}

// Source for another target is built with the host's compiler, too, and must answer the same.
void expect_interpreters_bytes(const graph::Graph& graph, const std::string& target = "host") {
  const TemporaryFolder folder;
  const CompiledModel model = compile_model(graph, "tested", find_target(target));
  write_compiled_model(model, folder.path());
  write_text_file(folder / "program.cpp", kProgram);
  Random random(7, Purpose::kTest);
  Bytes inputs;
  Bytes expected;
  graph::Executor executor(graph);
  for (int window = 0; window < kWindows; ++window) {
    executor.reset();
    for (int inference = 0; inference < kInferences; ++inference) {
      const Bytes input = random_input(graph, random);
      inputs.insert(inputs.end(), input.begin(), input.end());
      executor.set_input(0, std::span<const uint8_t>(input));
      executor.invoke();
      const auto output = executor.output(0);
      expected.insert(expected.end(), output.begin(), output.end());
    }
  }
  write_file(folder / "inputs", inputs);
  const std::string build = fmt::format(
      "cd '{}' && {} -std=c++17 -O1 -fno-exceptions -fno-rtti -ffp-contract=off -Wall -Wextra "
      "-Wconversion -Wshadow -Werror -DWINDOWS={} -DINFERENCES={} -I. program.cpp{} -o program",
      folder.path().string(), STAPES_TEST_COMPILER, kWindows, kInferences, sources_of(model));
  ASSERT_EQ(run(build), 0) << build;
  ASSERT_EQ(run(fmt::format("cd '{}' && ./program inputs outputs", folder.path().string())), 0);
  EXPECT_EQ(read_file(folder / "outputs"), expected);
}

TEST(CompileModel, Int8ModelOfOurQuantizer) { expect_interpreters_bytes(int8_model()); }
TEST(CompileModel, Int8ModelWithFiltersByChannel) {
  expect_interpreters_bytes(int8_model(), "cortex-m4");
}
// Operators with int16 activations: one of each form of call.
class Int16Models : public testing::TestWithParam<const char*> {};

TEST_P(Int16Models, GiveTheInterpretersBytes) {
  Random random(21, Purpose::kTest);
  expect_interpreters_bytes(conformance::random_model(GetParam(), random));
}

INSTANTIATE_TEST_SUITE_P(All, Int16Models,
                         testing::Values("conv_2d_int16", "fully_connected_int16", "lstm_int16",
                                         "softmax_int16"),
                         [](const auto& name) { return std::string(name.param); });

TEST(CompileModel, FloatModel) { expect_interpreters_bytes(float_model()); }
TEST(CompileModel, LayerNormalizedLstm) {
  const graph::Graph graph = float_model("units = 6\nlayer_norm = true");
  expect_interpreters_bytes(graph);
  expect_interpreters_bytes(int8_model(graph));
}

TEST(CompileModel, ExtendedLstm) {
  for (uint64_t i = 0; i < 4; ++i) {
    Random random(22, Purpose::kTest, 0, i);
    expect_interpreters_bytes(conformance::random_model("extended_lstm", random));
  }
}

class OtherPeoplesModels : public testing::TestWithParam<const char*> {};

TEST_P(OtherPeoplesModels, GiveTheInterpretersBytes) {
  const std::string path = fmt::format("vectors/models/{}.tflite", GetParam());
  STAPES_REQUIRE_REFERENCE_DATA(path);
  expect_interpreters_bytes(graph::read_tflite(reference_data() / path));
}

INSTANTIATE_TEST_SUITE_P(All, OtherPeoplesModels,
                         testing::Values("seed_shaped_random", "mnist_lstm_int8",
                                         "mnist_lstm_float", "micro_speech_lstm",
                                         "keyword_spotting_on_off_v3",
                                         "mlperf_tiny_keyword_spotting"),
                         [](const auto& name) { return std::string(name.param); });

TEST(CompileModel, IsAProjectWithASelfTestAndACInterface) {
  const TemporaryFolder folder;
  write_compiled_model(compile_model(int8_model(), "tested", find_target("host")), folder.path());
  // self_test_main.c uses the C interface only.
  const std::string build = fmt::format(
      "cd '{}' && {{ cmake -G Ninja -B build -DTESTED_OPTIMIZATION=-O1 && cmake --build build; }} "
      ">log 2>&1 || {{ cat log; false; }}",
      folder.path().string());
  ASSERT_EQ(run(build), 0);
  EXPECT_EQ(run(fmt::format("'{}' >/dev/null", (folder / "build/tested_self_test").string())), 0);
  // A wrong answer is noticed.
  std::string text = read_text_file(folder / "tested_self_test.cpp");
  const size_t at = text.find("= {\n    ", text.find("kOutput0OfInference1")) + 8;
  ASSERT_LT(at, text.size());
  const size_t end = text.find('}', at);
  text.replace(at, end - at, "1, 2, 3, 4");
  write_text_file(folder / "tested_self_test.cpp", text);
  ASSERT_EQ(run(build), 0);
  EXPECT_NE(run(fmt::format("'{}' >/dev/null", (folder / "build/tested_self_test").string())), 0);
}

// In QEMU; the link fails if anything allocates, throws or prints.
TEST(CompileModel, RunsOnACortexM4) {
  if (run("command -v arm-none-eabi-g++ qemu-system-arm >/dev/null") != 0) {
    GTEST_SKIP() << "needs the Arm compiler and QEMU (scripts/install_packages firmware)";
  }
  const TemporaryFolder folder;
  write_compiled_model(compile_model(int8_model(), "tested", find_target("cortex-m4")),
                       folder / "tested");
  const std::string build = (folder / "mps2-an386").string();
  const std::string root = STAPES_SOURCE_FOLDER;
  ASSERT_EQ(run(fmt::format("cd '{0}' && {{ cmake -S '{1}/firmware' -B '{2}' --preset mps2-an386 "
                            "-DSTAPES_COMPILED_MODEL='{0}/tested' -DSTAPES_COMPILED_NAME=tested && "
                            "cmake --build '{2}' --target compiled_model; }} >log 2>&1 || "
                            "{{ cat log; false; }}",
                            folder.path().string(), root, build)),
            0);
  EXPECT_EQ(run(fmt::format("STAPES_FIRMWARE_BUILD='{}' '{}/scripts/run_on_board' mps2-an386 "
                            "compiled_model",
                            folder.path().string(), root)),
            0);
}

TEST(CompileModel, GivesTheSameFilesAgain) {
  const graph::Graph graph = int8_model();
  EXPECT_EQ(compile_model(graph, "tested", find_target("cortex-m4")).files,
            compile_model(graph, "tested", find_target("cortex-m4")).files);
}

TEST(CompileModel, HeaderStartsWithAnExample) {
  const std::string header =
      compile_model(int8_model(), "tested", find_target("host")).files.at("tested.h");
  EXPECT_LT(header.find("static tested::Model model;"), 250U);
  const std::string source =
      compile_model(int8_model(), "tested", find_target("host")).files.at("tested.cpp");
  EXPECT_NE(source.find("static_assert(sizeof(tested_model::arena) == "), std::string::npos);
  EXPECT_NE(header.find("typedef struct tested_state {\n  int8_t lstm0_hidden["),
            std::string::npos);
}

TEST(CompileModel, UsesOnlyTheKernelsOfTheModel) {
  graph::Graph graph;
  graph::Tensor tensor;
  tensor.shape = {2, 3};
  tensor.name = "input";
  graph.inputs = {graph.add_tensor(tensor)};
  tensor.name = "output";
  graph.outputs = {graph.add_tensor(tensor)};
  graph::Operator op;
  op.code = OperatorCode::kRelu;
  op.inputs = graph.inputs;
  op.outputs = graph.outputs;
  graph.operators = {op};
  const auto files = compile_model(graph, "tested", find_target("host")).files;
  EXPECT_TRUE(files.contains("kernels/float32/activation.cpp"));
  EXPECT_FALSE(files.contains("kernels/reference/conv_2d.cpp"));
  EXPECT_FALSE(files.contains("kernels/float32/conv_2d.cpp"));

  graph.operators[0].code = OperatorCode::kCast;
  try {
    compile_model(graph, "tested", find_target("host"));
    FAIL() << "CAST cannot be compiled";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("operator 0 (CAST)"), std::string::npos)
        << error.what();
  }
}

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

// In that order alone: a model's weights must not take their place twice.
TEST(CompileModel, StoresDepthwiseFiltersByChannel) {
  const graph::Graph graph = int8_model();
  size_t depthwise = 0;
  for (const graph::Operator& op : graph.operators) {
    if (op.code == OperatorCode::kDepthwiseConv2D) ++depthwise;
  }
  ASSERT_GT(depthwise, 0U);
  const auto files = compile_model(graph, "tested", find_target("cortex-m4")).files;
  EXPECT_EQ(count(files.at("tested_weights.h"), "ByChannel["), depthwise);
  EXPECT_EQ(count(files.at("tested.cpp"), "::kernels::depthwise_conv_2d_by_channel"), depthwise);
  for (const graph::Operator& op : graph.operators) {
    if (op.code != OperatorCode::kDepthwiseConv2D) continue;
    EXPECT_EQ(files.at("tested_weights.h").find(fmt::format("kTensor{}[", op.inputs[1])),
              std::string::npos);
  }
  // Plain kernels are slower with it.
  const auto plain = compile_model(graph, "tested", find_target("cortex-m0plus")).files;
  EXPECT_EQ(count(plain.at("tested_weights.h"), "ByChannel["), 0U);
}

TEST(CompileModel, Names) {
  EXPECT_EQ(identifier_of("My-Model.v2"), "my_model_v2");
  EXPECT_EQ(identifier_of("12_words"), "model_12_words");
  EXPECT_EQ(identifier_of("default"), "model_default");
  EXPECT_THROW(compile_model(float_model(), "No Name", find_target("host")), UsageError);
  EXPECT_THROW(find_target("cortex-m5"), UsageError);
}

}  // namespace
}  // namespace stapes::codegen
