#include "toolkit/quantization/layer_norm.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/reference_data.h"
#include "tests/toolkit/quantization/small_graphs.h"
#include "toolkit/base/error.h"
#include "toolkit/graph/executor.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::quantization {
namespace {

const std::vector<float> kGamma = {1.0F, 0.5F, -0.7F, 2.0F, 1.5F, 0.9F, 1.1F, 0.3F};
const std::vector<float> kBeta = {0.0F, 0.1F, -0.2F, 0.3F, 0.0F, 0.5F, -0.4F, 0.2F};

graph::Graph before_a_dense_layer() {
  GraphBuilder builder({1, 3, 8});
  const int32_t norm = builder.add_layer_norm(builder.input(), {1, 3, 8}, kGamma, kBeta);
  const int32_t flat =
      builder.add(OperatorCode::kReshape, {norm, builder.integers({1, 24})}, {1, 24});
  return builder.finish(builder.add(OperatorCode::kFullyConnected,
                                    {flat, builder.random({4, 24}, 0.3), builder.random({4}, 0.1)},
                                    {1, 4}));
}

std::vector<float> run(const graph::Graph& graph, const std::vector<float>& input) {
  graph::Executor executor(graph);
  executor.set_input(0, std::span<const float>(input));
  executor.invoke();
  return executor.output_as_float(0);
}

TEST(FindLayerNorms, ReadsGammaBetaAndEpsilon) {
  const std::vector<LayerNorm> found = find_layer_norms(before_a_dense_layer());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].epsilon, 1e-3F);
  ASSERT_EQ(found[0].gamma.size(), kGamma.size());
  for (size_t i = 0; i < kGamma.size(); ++i) {
    EXPECT_NEAR(found[0].gamma[i], kGamma[i], 1e-5F);
    EXPECT_NEAR(found[0].beta[i], kBeta[i], 1e-5F);
  }
}

TEST(FindLayerNorms, NormalizingOverAnotherAxisIsNone) {
  GraphBuilder builder({1, 8, 8});
  graph::Graph graph =
      builder.finish(builder.add_layer_norm(builder.input(), {1, 8, 8}, kGamma, kBeta));
  for (graph::Operator& op : graph.operators) {
    if (op.code != OperatorCode::kMean) continue;
    op.inputs[1] = graph.add_tensor(int32_constant("axis", {1}));
    graph.tensors[static_cast<size_t>(op.outputs[0])].shape = {1, 1, 8};
  }
  for (graph::Operator& op : graph.operators) {
    if (op.code == OperatorCode::kAdd || op.code == OperatorCode::kRsqrt) {
      graph::Tensor& output = graph.tensors[static_cast<size_t>(op.outputs[0])];
      if (output.shape == std::vector<int32_t>{1, 8, 1}) output.shape = {1, 1, 8};
    }
  }
  EXPECT_TRUE(find_layer_norms(graph).empty());
}

TEST(FindLayerNorms, KerasFile) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/models/commands12_tensorflow215_float.tflite");
  const graph::Graph graph = graph::read_tflite(
      test::reference_data() / "vectors/models/commands12_tensorflow215_float.tflite");
  const std::vector<LayerNorm> found = find_layer_norms(graph);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].gamma.size(), 40U);
  EXPECT_EQ(found[2].gamma.size(), 13U);
  EXPECT_EQ(found[0].operators.size(), 15U);  // operators 69 … 83
  EXPECT_EQ(found[0].operators.front(), 69U);
  EXPECT_EQ(found[2].operators.size(), 13U);
  EXPECT_FLOAT_EQ(found[1].epsilon, 1e-3F);
}

class LayerNormForms : public testing::TestWithParam<LayerNormForm> {};

TEST_P(LayerNormForms, RewrittenFloatGraphComputesTheSame) {
  const graph::Graph source = before_a_dense_layer();
  const LayerNormResult rewritten = apply_layer_norm_form(source, GetParam());
  EXPECT_EQ(rewritten.layer_norms, 1U);
  ASSERT_EQ(rewritten.float_operators.size(), rewritten.graph.operators.size());
  const std::vector<float> input = random_inputs(1, 24);
  const std::vector<float> expected = run(source, input);
  const std::vector<float> actual = run(rewritten.graph, input);
  for (size_t i = 0; i < expected.size(); ++i) {
    // The L2 form has no epsilon, 0.1 % of a variance of 1.
    EXPECT_NEAR(actual[i], expected[i], GetParam() == LayerNormForm::kL2 ? 2e-2 : 1e-5);
  }
}

TEST_P(LayerNormForms, KeepWhereNothingFollows) {
  GraphBuilder builder({1, 3, 8});
  const graph::Graph source =
      builder.finish(builder.add_layer_norm(builder.input(), {1, 3, 8}, kGamma, kBeta));
  const graph::Graph rewritten = apply_layer_norm_form(source, GetParam()).graph;
  const std::vector<float> input = random_inputs(1, 24);
  const std::vector<float> expected = run(source, input);
  const std::vector<float> actual = run(rewritten, input);
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 2e-2);
}

INSTANTIATE_TEST_SUITE_P(All, LayerNormForms,
                         testing::Values(LayerNormForm::kDecomposed, LayerNormForm::kL2,
                                         LayerNormForm::kFloat),
                         [](const auto& form) { return name_of(form.param); });

TEST(LayerNormForms, L2FoldsGammaAndBetaIntoTheNextLayer) {
  const LayerNormResult result = apply_layer_norm_form(before_a_dense_layer(), LayerNormForm::kL2);
  std::vector<OperatorCode> codes;
  for (const graph::Operator& op : result.graph.operators) codes.push_back(op.code);
  EXPECT_EQ(codes, (std::vector<OperatorCode>{
                       OperatorCode::kMean, OperatorCode::kSub, OperatorCode::kL2Normalization,
                       OperatorCode::kReshape, OperatorCode::kFullyConnected}));
}

TEST(LayerNormForms, UnknownNameIsAnError) { EXPECT_THROW(layer_norm_form_of("l3"), Error); }

}  // namespace
}  // namespace stapes::quantization
