#include "tests/device/graph/golden.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>

// Every tensor of other people's models, byte for byte as TensorFlow Lite Micro's reference kernels
// compute them.
namespace stapes::test {
namespace {

// Bytes must be equal; floats may differ by what another mathematics library rounds otherwise.
void expect_equal(TensorType type, const Bytes& actual, const Bytes& expected, int32_t tensor) {
  if (type != TensorType::kFloat32) {
    EXPECT_EQ(actual, expected) << "tensor " << tensor;
    return;
  }
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); i += 4) {
    float a = 0;
    float b = 0;
    std::memcpy(&a, actual.data() + i, 4);
    std::memcpy(&b, expected.data() + i, 4);
    ASSERT_NEAR(a, b, 1e-5F * (1 + std::abs(b))) << "tensor " << tensor << ", element " << i / 4;
  }
}

class GoldenTensors : public testing::TestWithParam<const char*> {};

TEST_P(GoldenTensors, EveryTensorEquals) {
  const std::string name = GetParam();
  const std::string folder = "vectors/tensors/" + name;
  STAPES_REQUIRE_REFERENCE_DATA(folder);
  Interpreter::Options options;
  options.keep_all_tensors = true;
  LoadedModel model(read_reference("vectors/models/" + name + ".tflite"), options);
  ASSERT_TRUE(model.status().ok()) << model.problem();
  const Bytes output = model.run(read_reference(folder + "/io.in0"));
  expect_equal(model.interpreter().output(0).type, output, read_reference(folder + "/io.out0"), -1);
  int compared = 0;
  for (int32_t t = 0; t < model.interpreter().tensors(); ++t) {
    const auto path = folder + "/all.t" + std::to_string(t);
    const TensorView tensor = model.interpreter().tensor(t);
    if (!std::filesystem::exists(reference_data() / path)) continue;
    expect_equal(tensor.type, LoadedModel::contents(tensor), read_reference(path), t);
    ++compared;
  }
  EXPECT_GE(compared, 5);
}

TEST_P(GoldenTensors, SharedMemoryGivesTheSameOutput) {
  const std::string name = GetParam();
  const std::string folder = "vectors/tensors/" + name;
  STAPES_REQUIRE_REFERENCE_DATA(folder);
  LoadedModel model(read_reference("vectors/models/" + name + ".tflite"));
  ASSERT_TRUE(model.status().ok()) << model.problem();
  const Bytes output = model.run(read_reference(folder + "/io.in0"));
  expect_equal(model.interpreter().output(0).type, output, read_reference(folder + "/io.out0"), -1);
}

INSTANTIATE_TEST_SUITE_P(Models, GoldenTensors,
                         testing::Values("mnist_lstm_int8", "mnist_lstm_float", "micro_speech_lstm",
                                         "seed_shaped_random", "keyword_spotting_on_off_v3"),
                         [](const auto& model) { return std::string(model.param); });

// Residual blocks and layer norms, and still no byte between the plan and its lower bound.
TEST(GoldenModels, PlanReachesItsLowerBound) {
  for (const char* name : {"seed_shaped_random", "keyword_spotting_on_off_v3"}) {
    const std::string path = std::string("vectors/models/") + name + ".tflite";
    STAPES_REQUIRE_REFERENCE_DATA(path);
    LoadedModel model(read_reference(path));
    ASSERT_TRUE(model.status().ok()) << model.problem();
    EXPECT_EQ(model.interpreter().activation_bytes(), model.interpreter().activation_lower_bound());
  }
}

TEST(GoldenModels, DigitsAfterReset) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/tensors/mnist_digits");
  LoadedModel model(read_reference("vectors/models/mnist_lstm_int8.tflite"));
  ASSERT_TRUE(model.status().ok()) << model.problem();
  for (int digit = 0; digit < 10; ++digit) {
    const std::string stem = "vectors/tensors/mnist_digits/mnist_digit" + std::to_string(digit);
    model.interpreter().reset();
    EXPECT_EQ(model.run(read_reference(stem + ".in0")), read_reference(stem + ".out0")) << digit;
  }
}

// 104 clips through a trained model, with the state reset before each and carried from each to the
// next.
class GoldenClips : public testing::TestWithParam<bool> {};

TEST_P(GoldenClips, ScoresEqual) {
  const std::string folder = "vectors/tensors/commands12/";
  STAPES_REQUIRE_REFERENCE_DATA(folder);
  LoadedModel model(read_reference("vectors/models/commands12_tensorflow215_int8.tflite"));
  ASSERT_TRUE(model.status().ok()) << model.problem();
  const bool carried = GetParam();
  const Bytes inputs = read_reference(folder + "inputs.float32");
  const Bytes expected =
      read_reference(folder + (carried ? "int8_carried.float32" : "int8_reset.float32"));
  const size_t input_bytes = model.interpreter().input(0).bytes;
  const size_t output_bytes = model.interpreter().output(0).bytes;
  ASSERT_EQ(inputs.size() / input_bytes, expected.size() / output_bytes);
  for (size_t clip = 0; clip < inputs.size() / input_bytes; ++clip) {
    if (!carried) model.interpreter().reset();
    const auto* input = inputs.data() + clip * input_bytes;
    const auto* output = expected.data() + clip * output_bytes;
    ASSERT_EQ(model.run(Bytes(input, input + input_bytes)), Bytes(output, output + output_bytes))
        << "clip " << clip;
  }
}

INSTANTIATE_TEST_SUITE_P(State, GoldenClips, testing::Bool(), [](const auto& model) {
  return std::string(model.param ? "carried" : "reset");
});

}  // namespace
}  // namespace stapes::test
