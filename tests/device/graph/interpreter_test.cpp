#include "device/graph/interpreter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "tests/conformance/random_models.h"
#include "tests/device/graph/golden.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::test {
namespace {

constexpr uint8_t kGuard = 0xA5;
constexpr size_t kGuardBytes = 256;

Bytes model_of(const std::string& kind, uint64_t index) {
  Random random(11, Purpose::kTest, 0, index);
  return graph::serialize_tflite(conformance::random_model(kind, random));
}

size_t required(const Bytes& model, bool keep_all = false,
                const OperatorTable& operators = all_operators()) {
  AlignedMemory workspace(Interpreter::workspace_bound(model.size()) +
                          packing_bound(model.size(), 100));
  Interpreter::Options options;
  options.keep_all_tensors = keep_all;
  size_t bytes = 0;
  const Status status = Interpreter::required_arena(model.data(), model.size(), operators, options,
                                                    workspace.data(), workspace.size(), &bytes);
  EXPECT_TRUE(status.ok()) << status.message;
  return bytes;
}

// Fills the inputs with a pattern.
void fill_inputs(Interpreter& interpreter, uint64_t seed) {
  Random random(seed, Purpose::kTest);
  for (int32_t i = 0; i < interpreter.inputs(); ++i) {
    const TensorView input = interpreter.input(i);
    auto* data = static_cast<uint8_t*>(input.data);
    if (input.type == TensorType::kFloat32) {
      std::fill(data, data + input.bytes, uint8_t{0});
    } else {
      for (size_t k = 0; k < input.bytes; ++k) data[k] = static_cast<uint8_t>(random.next());
    }
  }
}

void expect_exact_arena(const OperatorTable& operators) {
  for (const std::string& kind : conformance::model_kinds()) {
    for (uint64_t i = 0; i < 5; ++i) {
      const Bytes model = model_of(kind, i);
      const size_t bytes = required(model, i == 4, operators);
      Interpreter::Options options;
      options.keep_all_tensors = i == 4;
      AlignedMemory memory(bytes + 2 * kGuardBytes);
      std::fill(memory.data(), memory.data() + memory.size(), kGuard);
      uint8_t* arena = memory.data() + kGuardBytes;
      Interpreter interpreter;
      Status status =
          interpreter.initialize(model.data(), model.size(), arena, bytes, operators, options);
      ASSERT_TRUE(status.ok()) << kind << ": " << status.message;
      EXPECT_EQ(interpreter.arena_used(), bytes);
      EXPECT_GE(interpreter.activation_bytes(), interpreter.activation_lower_bound());
      for (int run = 0; run < 3; ++run) {
        fill_inputs(interpreter, 1);
        status = interpreter.invoke();
        ASSERT_TRUE(status.ok()) << kind << ": " << status.message;
      }
      for (size_t k = 0; k < kGuardBytes; ++k) {
        ASSERT_EQ(memory.data()[k], kGuard) << kind;
        ASSERT_EQ(arena[bytes + k], kGuard) << kind;
      }
      EXPECT_FALSE(
          interpreter.initialize(model.data(), model.size(), arena, bytes - 1, operators, options)
              .ok())
          << kind;
      EXPECT_FALSE(interpreter.invoke().ok());
    }
  }
}

TEST(Interpreter, RequiredArenaIsExactToTheByte) { expect_exact_arena(all_operators()); }

TEST(Interpreter, RequiredArenaOfPackedWeightsIsExactToTheByte) {
  expect_exact_arena(packing_operators());
}

// Packed weights, wherever in memory they come to lie, change no bit of any output.
TEST(Interpreter, PackingChangesNoOutput) {
  for (const std::string& kind : conformance::model_kinds()) {
    for (uint64_t i = 0; i < 20; ++i) {
      const Bytes bytes = model_of(kind, i);
      LoadedModel plain(bytes);
      ASSERT_TRUE(plain.status().ok()) << kind << ": " << plain.problem();
      const size_t size = required(bytes, false, packing_operators());
      AlignedMemory arena(size + 3 * kArenaAlignment);
      Interpreter packed;
      ASSERT_TRUE(packed
                      .initialize(bytes.data(), bytes.size(),
                                  arena.data() + i % 4 * kArenaAlignment, size, packing_operators())
                      .ok());
      for (uint64_t run = 0; run < 3; ++run) {
        fill_inputs(plain.interpreter(), run);
        fill_inputs(packed, run);
        ASSERT_EQ(plain.interpreter().invoke().ok(), packed.invoke().ok()) << kind << " " << i;
        for (int32_t k = 0; k < packed.outputs(); ++k) {
          ASSERT_EQ(LoadedModel::contents(plain.interpreter().output(k)),
                    LoadedModel::contents(packed.output(k)))
              << kind << " " << i;
        }
      }
    }
  }
}

// Every size of arena below the required one fails cleanly, whichever allocation it hits.
TEST(Interpreter, EveryAllocationMayFail) {
  const Bytes model = model_of("lstm", 1);
  const size_t bytes = required(model);
  for (size_t size = 0; size < bytes; ++size) {
    AlignedMemory arena(size);
    Interpreter interpreter;
    ASSERT_FALSE(
        interpreter.initialize(model.data(), model.size(), arena.data(), size, all_operators())
            .ok());
  }
}

TEST(Interpreter, KeepingAllTensorsChangesNoOutput) {
  for (uint64_t i = 0; i < 20; ++i) {
    const Bytes bytes = model_of("residual", i);
    LoadedModel shared(bytes);
    Interpreter::Options options;
    options.keep_all_tensors = true;
    LoadedModel kept(bytes, options);
    ASSERT_TRUE(shared.status().ok()) << shared.problem();
    ASSERT_TRUE(kept.status().ok()) << kept.problem();
    fill_inputs(shared.interpreter(), i);
    fill_inputs(kept.interpreter(), i);
    ASSERT_TRUE(shared.interpreter().invoke().ok());
    ASSERT_TRUE(kept.interpreter().invoke().ok());
    EXPECT_EQ(LoadedModel::contents(shared.interpreter().output(0)),
              LoadedModel::contents(kept.interpreter().output(0)));
    EXPECT_LE(shared.arena_bytes(), kept.arena_bytes());
  }
}

Bytes invoke_with(Interpreter& interpreter, uint64_t seed) {
  fill_inputs(interpreter, seed);
  EXPECT_TRUE(interpreter.invoke().ok());
  return LoadedModel::contents(interpreter.output(0));
}

TEST(Interpreter, ResetForgetsAndInvokeRemembers) {
  LoadedModel model(model_of("lstm", 3));
  ASSERT_TRUE(model.status().ok()) << model.problem();
  Interpreter& interpreter = model.interpreter();
  const Bytes first = invoke_with(interpreter, 1);
  const Bytes second = invoke_with(interpreter, 1);
  EXPECT_NE(first, second);
  interpreter.reset();
  EXPECT_EQ(invoke_with(interpreter, 1), first);
  EXPECT_EQ(invoke_with(interpreter, 1), second);
}

TEST(Interpreter, ResetFillsTheHiddenStateWithItsZeroPoint) {
  for (uint64_t i = 0; i < 10; ++i) {
    LoadedModel model(model_of("lstm", i));
    ASSERT_TRUE(model.status().ok()) << model.problem();
    Interpreter& interpreter = model.interpreter();
    invoke_with(interpreter, 1);
    interpreter.reset();
    size_t variables = 0;
    for (int32_t t = 0; t < interpreter.tensors(); ++t) {
      const TensorView tensor = interpreter.tensor(t);
      if (!tensor.is_variable) continue;
      const Bytes bytes = LoadedModel::contents(tensor);
      const auto expected =
          static_cast<uint8_t>(tensor.type == TensorType::kInt8 ? tensor.zero_point : 0);
      EXPECT_EQ(bytes, Bytes(bytes.size(), expected));
      ++variables;
    }
    EXPECT_EQ(variables, 2U);
  }
}

// Two streams through one interpreter, by saving and restoring the state.
TEST(Interpreter, StateIsEverythingThatPersists) {
  const Bytes bytes = model_of("lstm", 5);
  LoadedModel alone(bytes);
  LoadedModel shared(bytes);
  ASSERT_TRUE(alone.status().ok()) << alone.problem();
  std::vector<Bytes> expected;
  for (uint64_t i = 0; i < 4; ++i) expected.push_back(invoke_with(alone.interpreter(), i));

  Interpreter& interpreter = shared.interpreter();
  const Interpreter::Region state = interpreter.state();
  Bytes first(state.data, state.data + state.bytes);
  Bytes second = first;
  const auto run = [&](Bytes& saved, uint64_t seed) {
    std::copy(saved.begin(), saved.end(), state.data);
    Bytes output = invoke_with(interpreter, seed);
    saved.assign(state.data, state.data + state.bytes);
    return output;
  };
  for (uint64_t i = 0; i < 4; ++i) {
    EXPECT_EQ(run(first, i), expected[i]);
    EXPECT_EQ(run(second, i), expected[i]);
  }
}

TEST(Interpreter, OperatorsThatAreNotLinkedAreRefused) {
  const Bytes model = model_of("conv_2d", 1);
  AlignedMemory arena(1 << 16);
  Interpreter interpreter;
  const Status status = interpreter.initialize(model.data(), model.size(), arena.data(),
                                               arena.size(), OperatorTable());
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.operator_index, 0);
}

TEST(Interpreter, MisalignedArenaIsRefused) {
  const Bytes model = model_of("add", 1);
  AlignedMemory arena(1 << 16);
  Interpreter interpreter;
  EXPECT_FALSE(interpreter
                   .initialize(model.data(), model.size(), arena.data() + 4, arena.size() - 4,
                               all_operators())
                   .ok());
}

}  // namespace
}  // namespace stapes::test
