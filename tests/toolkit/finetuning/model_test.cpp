#include "toolkit/finetuning/model.h"

#include <gtest/gtest.h>

#include "tests/toolkit/finetuning/same_bytes.h"
#include "tests/toolkit/finetuning/small_model.h"
#include "toolkit/base/error.h"

namespace stapes::finetuning {
namespace {

using quantization::LayerNormForm;

void expect_same_bytes(const SmallModel& small, LayerNormForm form,
                       quantization::QuantizeOptions options = {}) {
  expect_same_bytes(small.student(form, std::move(options)), inputs_of(small.test),
                    small.test.values_per_example());
}

TEST(Model, TrainsWithTheBytesThatTheExportedModelComputes) {
  const SmallModel small;
  expect_same_bytes(small, LayerNormForm::kFloat);
  expect_same_bytes(small, LayerNormForm::kL2);
  expect_same_bytes(small, LayerNormForm::kDecomposed);
}

TEST(Model, ExtendedAndLayerNormalizedLstmsCanBeFineTuned) {
  quantization::QuantizeOptions options;
  options.lstm = {true, true};
  expect_same_bytes(SmallModel(), LayerNormForm::kFloat, options);
  std::string layers = training::kTenetLstm;
  const std::string lstm = "type = \"lstm\"\n";
  layers.replace(layers.find(lstm), lstm.size(), lstm + "layer_norm = true\n");
  expect_same_bytes(SmallModel(layers.c_str()), LayerNormForm::kFloat);
}

TEST(Model, WeightsWithAScalePerRowCanBeFineTuned) {
  quantization::QuantizeOptions options;
  options.weight_scales = quantization::WeightScales::kRow;
  expect_same_bytes(SmallModel(), LayerNormForm::kFloat, options);
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

TEST(Student, ExportsInt8InputAndOutputWhereTheyAreWanted) {
  quantization::QuantizeOptions options;
  options.int8_io = true;
  const Student student = SmallModel().student(LayerNormForm::kFloat, options);
  const std::vector<float> parameters = student.initial_parameters();
  const auto types = [](const graph::Graph& graph) {
    return std::pair(graph.tensors[static_cast<size_t>(graph.inputs[0])].type,
                     graph.tensors[static_cast<size_t>(graph.outputs[0])].type);
  };
  EXPECT_EQ(types(student.exported(parameters).graph),
            std::pair(TensorType::kInt8, TensorType::kInt8));
  EXPECT_EQ(types(student.quantized(parameters).graph),
            std::pair(TensorType::kFloat32, TensorType::kFloat32));
}

TEST(Student, NeedsASoftmaxAtTheEnd) {
  SmallModel small;
  small.float_model.operators.pop_back();
  small.float_model.outputs = small.float_model.operators.back().outputs;
  EXPECT_THROW(small.student(LayerNormForm::kFloat), Error);
}

}  // namespace
}  // namespace stapes::finetuning
