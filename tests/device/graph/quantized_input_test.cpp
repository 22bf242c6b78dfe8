// A model whose QUANTIZE is left to the caller: the same bytes as when it runs, without its float32
// input in the arena.
#include "device/graph/quantized_input.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>

#include "tests/conformance/random_models.h"
#include "tests/device/graph/golden.h"
#include "tests/support/quantized_start.h"
#include "toolkit/base/philox.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::test {
namespace {

constexpr int32_t kElements = 203;

struct Storage {
  TensorType type;
  float scale;
  int64_t zero_point;
};

const Storage kStorages[] = {
    {TensorType::kInt8, 0.05F, -3},      {TensorType::kInt8, 0.0173F, -128},
    {TensorType::kInt8, 0.25F, 127},     {TensorType::kInt8, 1e-6F, 0},
    {TensorType::kInt8, 1e30F, -128},    {TensorType::kInt16, 0.001F, 0},
    {TensorType::kInt16, 0.25F, -32768}, {TensorType::kInt16, 0.0173F, 32767},
};

// QUANTIZE, and its result is the output.
graph::Graph quantize_only(const Storage& storage) {
  graph::Graph graph;
  graph::Tensor input;
  input.name = "input";
  input.shape = {1, kElements};
  graph.inputs = {graph.add_tensor(input)};
  graph::Tensor output = input;
  output.name = "stored";
  output.type = storage.type;
  output.quantization.scale = {storage.scale};
  output.quantization.zero_point = {storage.zero_point};
  graph.outputs = {graph.add_tensor(std::move(output))};
  graph.operators = {one_to_one(OperatorCode::kQuantize, graph.inputs[0], graph.outputs[0])};
  return graph;
}

// Steps and the halves between them, which are ties, from below the range to above it, and what is
// far outside of it.
std::vector<float> values_for(const Storage& storage, uint64_t seed) {
  const float edge = storage.type == TensorType::kInt8 ? 300.0F : 70000.0F;
  std::vector<float> values = {0.0F,   -0.0F,    FLT_MAX,   -FLT_MAX, FLT_MIN,
                               1e-40F, INFINITY, -INFINITY, 65535.0F, -65535.0F};
  Random random(seed, Purpose::kTest);
  while (values.size() < kElements) {
    const auto step = static_cast<float>(random.uniform(-edge, edge));
    values.push_back(storage.scale * (values.size() % 3 == 0 ? step : std::round(2 * step) / 2));
  }
  return values;
}

Interpreter::Options left_to_the_caller() {
  Interpreter::Options options;
  options.quantized_input = true;
  return options;
}

void quantize_in_pieces(Interpreter& interpreter, const std::vector<float>& values, uint64_t seed) {
  Random random(seed, Purpose::kTest, 1);
  for (size_t done = 0; done < values.size();) {
    const size_t size = std::min<size_t>(1 + random.below(70), values.size() - done);
    // A copy of exactly that size, so that reading beyond it is seen.
    const std::vector<float> piece(values.data() + done, values.data() + done + size);
    interpreter.quantize_input(piece.data(), static_cast<int32_t>(done),
                               static_cast<int32_t>(size));
    done += size;
  }
}

Bytes as_bytes(const std::vector<float>& values) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(values.data());
  return Bytes(bytes, bytes + values.size() * sizeof(float));
}

void expect_the_same(const graph::Graph& graph, const std::vector<float>& values, uint64_t seed) {
  const Bytes file = graph::serialize_tflite(graph);
  LoadedModel whole(file);
  LoadedModel direct(file, left_to_the_caller());
  ASSERT_TRUE(whole.status().ok()) << whole.problem();
  ASSERT_TRUE(direct.status().ok()) << direct.problem();
  ASSERT_TRUE(direct.interpreter().has_quantized_input());
  EXPECT_EQ(direct.interpreter().input(0).index, graph.operators[0].outputs[0]);
  const Bytes expected = whole.run(as_bytes(values));
  quantize_in_pieces(direct.interpreter(), values, seed);
  ASSERT_TRUE(direct.interpreter().invoke().ok());
  EXPECT_EQ(LoadedModel::contents(direct.interpreter().output(0)), expected);
}

TEST(QuantizedInput, HasTheBytesOfTheOperator) {
  for (const Storage& storage : kStorages) {
    SCOPED_TRACE(testing::Message() << graph::name_of(storage.type) << " " << storage.scale << " "
                                    << storage.zero_point);
    for (uint64_t seed = 0; seed < 20; ++seed) {
      expect_the_same(quantize_only(storage), values_for(storage, seed), seed);
    }
    for (const float constant : {0.0F, 1e-7F, 0.5F * storage.scale, 666.0F}) {
      expect_the_same(quantize_only(storage), std::vector<float>(kElements, constant), 1);
    }
  }
}

// So the values above do saturate at both ends, and real 0 is the zero point.
TEST(QuantizedInput, ReachesBothEnds) {
  for (const Storage& storage : kStorages) {
    LoadedModel model(graph::serialize_tflite(quantize_only(storage)), left_to_the_caller());
    quantize_in_pieces(model.interpreter(), values_for(storage, 1), 1);
    const TensorView input = model.interpreter().input(0);
    std::vector<int32_t> stored;
    for (int32_t i = 0; i < kElements; ++i) {
      stored.push_back(input.type == TensorType::kInt8 ? static_cast<int8_t*>(input.data)[i]
                                                       : static_cast<int16_t*>(input.data)[i]);
    }
    const bool is_int8 = storage.type == TensorType::kInt8;
    EXPECT_EQ(stored[0], storage.zero_point);
    EXPECT_EQ(*std::min_element(stored.begin(), stored.end()), is_int8 ? INT8_MIN : INT16_MIN);
    EXPECT_EQ(*std::max_element(stored.begin(), stored.end()), is_int8 ? INT8_MAX : INT16_MAX);
  }
}

// QUANTIZE holds the most memory of these models: 203 floats beside 203 integers.
TEST(QuantizedInput, TakesTheFloatsOutOfTheArena) {
  constexpr uint8_t kGuard = 0xA5;
  constexpr size_t kGuardBytes = 256;
  for (const Storage& storage : kStorages) {
    const Bytes file = graph::serialize_tflite(quantize_only(storage));
    LoadedModel whole(file);
    LoadedModel direct(file, left_to_the_caller());
    EXPECT_EQ(whole.interpreter().activation_bytes() - direct.interpreter().activation_bytes(),
              align_up(kElements * sizeof(float)));
    const size_t bytes = direct.arena_bytes();
    AlignedMemory memory(bytes + 2 * kGuardBytes);
    std::fill(memory.data(), memory.data() + memory.size(), kGuard);
    uint8_t* const arena = memory.data() + kGuardBytes;
    Interpreter interpreter;
    const auto initialize = [&](size_t size) {
      return interpreter.initialize(file.data(), file.size(), arena, size, all_operators(),
                                    left_to_the_caller());
    };
    ASSERT_TRUE(initialize(bytes).ok());
    EXPECT_EQ(interpreter.arena_used(), bytes);
    for (int run = 0; run < 3; ++run) {
      quantize_in_pieces(interpreter, values_for(storage, 7), 7);
      ASSERT_TRUE(interpreter.invoke().ok());
    }
    for (size_t k = 0; k < kGuardBytes; ++k) {
      ASSERT_EQ(memory.data()[k], kGuard);
      ASSERT_EQ(arena[bytes + k], kGuard);
    }
    EXPECT_FALSE(initialize(bytes - 1).ok());
  }
}

void expect_float_input(const graph::Graph& graph) {
  const Bytes file = graph::serialize_tflite(graph);
  LoadedModel plain(file);
  LoadedModel asked(file, left_to_the_caller());
  ASSERT_TRUE(asked.status().ok()) << asked.problem();
  EXPECT_FALSE(asked.interpreter().has_quantized_input());
  EXPECT_EQ(asked.interpreter().input(0).index, graph.inputs[0]);
  EXPECT_EQ(asked.arena_bytes(), plain.arena_bytes());
  const Bytes values(plain.interpreter().input(0).bytes, 0x3F);
  EXPECT_EQ(asked.run(values), plain.run(values));
}

TEST(QuantizedInput, IsLeftAloneWhereFloatsAreNeeded) {
  graph::Graph output = quantize_only(kStorages[0]);
  output.outputs.push_back(output.inputs[0]);
  expect_float_input(output);

  graph::Graph copy;  // begins with another operator
  graph::Tensor tensor;
  tensor.name = "input";
  tensor.shape = {1, kElements};
  copy.inputs = {copy.add_tensor(tensor)};
  tensor.name = "output";
  copy.outputs = {copy.add_tensor(tensor)};
  copy.operators = {one_to_one(OperatorCode::kRelu, copy.inputs[0], copy.outputs[0])};
  expect_float_input(copy);
  expect_float_input(with_float_input_read_again(copy, TensorType::kInt8, 0.05F, -3));
  expect_the_same(with_quantized_start(copy, TensorType::kInt8, 0.05F, -3),
                  values_for(kStorages[0], 3), 3);
  expect_the_same(with_quantized_start(copy, TensorType::kInt16, 0.001F, 0),
                  values_for(kStorages[5], 3), 3);

  // From int8 to int8.
  graph::Graph integers = quantize_only(kStorages[0]);
  integers.tensors[0].type = TensorType::kInt8;
  integers.tensors[0].quantization.scale = {0.1F};
  integers.tensors[0].quantization.zero_point = {1};
  expect_float_input(integers);
}

// A file that the operator refuses is refused.
TEST(QuantizedInput, DoesNotHideABrokenOperator) {
  graph::Graph graph = quantize_only(kStorages[0]);
  graph.tensors[1].shape = {1, kElements + 1};
  EXPECT_FALSE(LoadedModel(graph::serialize_tflite(graph), left_to_the_caller()).status().ok());
}

TEST(QuantizedInput, OtherModelsStayWhatTheyAre) {
  for (const std::string& kind : conformance::model_kinds()) {
    Random random(11, Purpose::kTest, 0, 1);
    const Bytes file = graph::serialize_tflite(conformance::random_model(kind, random));
    LoadedModel plain(file);
    LoadedModel asked(file, left_to_the_caller());
    ASSERT_TRUE(asked.status().ok()) << kind << ": " << asked.problem();
    if (asked.interpreter().has_quantized_input()) continue;
    EXPECT_EQ(asked.arena_bytes(), plain.arena_bytes()) << kind;
  }
}

}  // namespace
}  // namespace stapes::test
