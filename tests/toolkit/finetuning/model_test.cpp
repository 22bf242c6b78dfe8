#include "toolkit/finetuning/model.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/temporary_folder.h"
#include "tests/toolkit/finetuning/small_model.h"
#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"
#include "toolkit/graph/executor.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::finetuning {
namespace {

using quantization::LayerNormForm;
using test::TemporaryFolder;

// Parameters away from the calibrated ones, as fine-tuning makes them.
std::vector<float> moved_parameters(const Student& student) {
  std::vector<float> parameters = student.initial_parameters();
  Random random(5, Purpose::kTest);
  for (size_t i = 0; i < parameters.size(); ++i) {
    parameters[i] += 0.02F * static_cast<float>(random.normal());
  }
  return parameters;
}

int32_t logits_tensor(const graph::Graph& int8_graph) {
  const auto softmax =
      std::find_if(int8_graph.operators.begin(), int8_graph.operators.end(),
                   [](const graph::Operator& op) { return op.code == OperatorCode::kSoftmax; });
  return softmax->inputs.at(0);
}

// What the training pass computes and what the file computes that is written, on every test clip.
void expect_same_bytes(const SmallModel& small, LayerNormForm form,
                       quantization::LstmNumbers lstm = {}) {
  const Student student = small.student(form, lstm);
  const std::vector<float> parameters = moved_parameters(student);
  const quantization::QuantizedGraph quantized = student.quantized(parameters);
  const TemporaryFolder folder;
  graph::write_tflite(folder / "model_int8.tflite", quantized.graph);
  const graph::Graph exported = graph::read_tflite(folder / "model_int8.tflite");

  const size_t values = small.test.values_per_example();
  std::vector<float> features(small.test.size() * values);
  for (size_t i = 0; i < small.test.size(); ++i) {
    small.test.fill(0, i, std::span(features).subspan(i * values, values));
  }
  const Model model(student);
  const std::vector<float> logits =
      model.logits(parameters, quantized, features, small.test.size());

  graph::Executor executor(exported, graph::Executor::Keep::kAllTensors);
  const int32_t tensor = logits_tensor(exported);
  const graph::Tensor& description = exported.tensors[static_cast<size_t>(tensor)];
  ASSERT_EQ(description.type, TensorType::kInt8);
  const auto classes = static_cast<size_t>(description.elements());
  ASSERT_EQ(logits.size(), small.test.size() * classes);
  for (size_t i = 0; i < small.test.size(); ++i) {
    executor.reset();
    executor.set_input(0, std::span<const float>(features).subspan(i * values, values));
    executor.invoke();
    const Bytes trained =
        graph::quantize(description, std::span<const float>(logits).subspan(i * classes, classes));
    const std::span<const uint8_t> run = executor.tensor(tensor);
    EXPECT_TRUE(std::equal(trained.begin(), trained.end(), run.begin(), run.end())) << "clip " << i;
  }
}

TEST(Model, TrainsWithTheBytesThatTheExportedModelComputes) {
  const SmallModel small;
  expect_same_bytes(small, LayerNormForm::kFloat);
  expect_same_bytes(small, LayerNormForm::kL2);
  expect_same_bytes(small, LayerNormForm::kDecomposed);
}

TEST(Model, ExtendedAndLayerNormalizedLstmsCanBeFineTuned) {
  expect_same_bytes(SmallModel(), LayerNormForm::kFloat, {true, true});
  std::string layers = training::kTenetLstm;
  const std::string lstm = "type = \"lstm\"\n";
  layers.replace(layers.find(lstm), lstm.size(), lstm + "layer_norm = true\n");
  expect_same_bytes(SmallModel(layers.c_str()), LayerNormForm::kFloat);
}

TEST(Model, AnyNetworkOfOursCanBeFineTuned) {
  expect_same_bytes(SmallModel(training::kDsCnn), LayerNormForm::kFloat);
}

// The loss that int8 has, seen without rounding, is smooth: its slope along the gradient must be
// what the gradient says. Rounding makes single differences coarse, so a long step is taken and
// much is allowed; a wrong sign or a missing operator would still show.
TEST(Model, AStepAgainstTheGradientLowersTheLoss) {
  const SmallModel small;
  const Student student = small.student(LayerNormForm::kFloat);
  const Model model(student);
  std::vector<float> parameters = moved_parameters(student);
  std::vector<float> features(small.training.size() * small.training.values_per_example());
  std::vector<int32_t> labels;
  for (size_t i = 0; i < small.training.size(); ++i) {
    labels.push_back(
        small.training.fill(0, i,
                            std::span(features).subspan(i * small.training.values_per_example(),
                                                        small.training.values_per_example())));
  }
  const std::vector<float> weights(labels.size(), 1.0F);
  std::vector<float> gradient(student.layout().size());
  const auto loss = [&] {
    const Examples examples{features, labels, weights, labels.size(), 0.0F};
    return model.gradient(parameters, student.quantized(parameters), examples, gradient).loss;
  };
  const double before = loss();
  double squares = 0;
  for (const float g : gradient) squares += static_cast<double>(g) * static_cast<double>(g);
  ASSERT_GT(squares, 0);
  const auto rate = static_cast<float>(0.5 * before / squares);
  for (size_t i = 0; i < parameters.size(); ++i) parameters[i] -= rate * gradient[i];
  EXPECT_LT(loss(), 0.9 * before);
}

TEST(Student, NeedsASoftmaxAtTheEnd) {
  SmallModel small;
  small.float_model.operators.pop_back();
  small.float_model.outputs = small.float_model.operators.back().outputs;
  EXPECT_THROW(small.student(LayerNormForm::kFloat), Error);
}

}  // namespace
}  // namespace stapes::finetuning
