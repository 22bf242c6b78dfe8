#include "toolkit/graph/executor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "device/graph/interpreter.h"
#include "tests/support/reference_data.h"
#include "tests/toolkit/graph/small_graph.h"
#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::graph {
namespace {

std::vector<float> floats_of(const Path& path) {
  Tensor tensor;
  return dequantize(tensor, read_file(path));
}

std::vector<float> random_input() {
  Random random(3, Purpose::kTest);
  std::vector<float> values(32);
  for (float& value : values) value = static_cast<float>(random.uniform(-1, 1));
  return values;
}

TEST(Executor, StatePersistsUntilReset) {
  Executor executor(example::small_graph());
  const auto run = [&] {
    executor.set_input(0, std::span<const float>(random_input()));
    executor.invoke();
    return executor.output_as_float(0);
  };
  const std::vector<float> first = run();
  EXPECT_NEAR(first[0] + first[1] + first[2], 1.0F, 1e-6F);
  const std::vector<float> second = run();
  EXPECT_NE(first, second);
  executor.reset();
  EXPECT_EQ(run(), first);
  EXPECT_EQ(run(), second);
}

TEST(Executor, KeepingAllTensorsChangesNoResult) {
  const Graph graph = example::small_graph();
  Executor small(graph);
  Executor all(graph, Executor::Keep::kAllTensors);
  for (Executor* executor : {&small, &all}) {
    executor->set_input(0, std::span<const float>(random_input()));
    executor->invoke();
  }
  EXPECT_EQ(small.output_as_float(0), all.output_as_float(0));
  EXPECT_GT(all.arena_bytes(), small.arena_bytes());
  // What is packed for this computer is no part of what the board needs.
  EXPECT_EQ(small.interpreter().arena_used(), small.arena_bytes() + small.packed_bytes());
  const auto input = all.tensor(graph.inputs[0]);
  EXPECT_EQ(dequantize(graph.tensors[0], input), random_input());
}

TEST(Executor, WrongInputsAreErrorsThatSayWhatIsNeeded) {
  Executor executor(example::small_graph());
  const std::vector<float> values(31);
  try {
    executor.set_input(0, std::span<const float>(values));
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("1x8x1x4"), std::string::npos) << error.what();
  }
  EXPECT_THROW(executor.set_input(1, std::span<const float>(values)), Error);
}

TEST(Executor, OperatorsThatItDoesNotHaveAreNamed) {
  Graph graph = example::small_graph();
  graph.operators[5].code = OperatorCode::kCustom;
  graph.operators[5].custom_code = "Mystery";
  try {
    const Executor executor(graph);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("operator 5 (Mystery)"), std::string::npos)
        << error.what();
  }
}

// 104 clips through the tutorial's network with trained weights; the expected scores are LiteRT's.
TEST(Executor, FloatScoresAreThoseOfLiteRt) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/tensors/commands12");
  const Path folder = test::reference_data() / "vectors";
  Executor executor(read_tflite(folder / "models/commands12_tensorflow215_float.tflite"));
  const auto inputs = floats_of(folder / "tensors/commands12/inputs.float32");
  const auto expected = floats_of(folder / "tensors/commands12/float_reset.float32");
  ASSERT_EQ(inputs.size(), 104U * 98 * 40);
  ASSERT_EQ(expected.size(), 104U * 13);
  for (size_t clip = 0; clip < 104; ++clip) {
    executor.reset();
    executor.set_input(0, std::span(inputs).subspan(clip * 3920, 3920));
    executor.invoke();
    const auto scores = executor.output_as_float(0);
    for (size_t i = 0; i < 13; ++i) EXPECT_NEAR(scores[i], expected[clip * 13 + i], 1e-5F);
  }
}

// Every tensor of one inference against TensorFlow Lite Micro's reference kernels.
TEST(Executor, FloatTensorsAreThoseOfTflm) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/tensors/mnist_lstm_float");
  const Path folder = test::reference_data() / "vectors";
  const Graph graph = read_tflite(folder / "models/mnist_lstm_float.tflite");
  Executor executor(graph, Executor::Keep::kAllTensors);
  executor.set_input(0, read_file(folder / "tensors/mnist_lstm_float/io.in0"));
  executor.invoke();
  int compared = 0;
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const Path path = folder / "tensors/mnist_lstm_float" / ("all.t" + std::to_string(i));
    if (!std::filesystem::exists(path)) continue;
    const auto expected = floats_of(path);
    const auto values = dequantize(graph.tensors[i], executor.tensor(static_cast<int32_t>(i)));
    ASSERT_EQ(values.size(), expected.size());
    for (size_t k = 0; k < values.size(); ++k) {
      EXPECT_NEAR(values[k], expected[k], 1e-5F);
    }
    ++compared;
  }
  EXPECT_GE(compared, 5);
}

TEST(Numbers, QuantizeRoundsHalvesAwayFromZeroAndSaturates) {
  Tensor tensor;
  tensor.type = TensorType::kInt8;
  tensor.quantization = {{0.5F}, {-10}, 0};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> values = {0.0F, 0.25F, -0.25F, 0.2F, 1000.0F, -1000.0F, nan};
  const Bytes bytes = quantize(tensor, values);
  std::vector<int> stored;
  for (const uint8_t byte : bytes) stored.push_back(static_cast<int8_t>(byte));
  EXPECT_EQ(stored, (std::vector<int>{-10, -9, -11, -10, 127, -128, -10}));
}

TEST(Numbers, DequantizeFindsTheScaleOfEachChannel) {
  Tensor tensor;
  tensor.type = TensorType::kInt8;
  tensor.shape = {2, 2, 2};
  tensor.quantization = {{1.0F, 0.5F}, {0, 0}, 1};
  EXPECT_EQ(dequantize(tensor, Bytes{2, 2, 2, 2, 2, 2, 2, 254}),
            (std::vector<float>{2, 2, 1, 1, 2, 2, 1, -1}));
}

}  // namespace
}  // namespace stapes::graph
