#include "toolkit/network/network.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "toolkit/base/error.h"

namespace stapes::network {
namespace {

Network tutorial_network() {
  const Specification specification =
      read_specification(Path(STAPES_SOURCE_FOLDER) / "models/tutorial_numbers.toml");
  return expand(specification.network, {98, 1, 40}, 11);
}

Network network_of(const std::string& layers, std::vector<int32_t> input = {20, 1, 8}) {
  const Specification specification =
      parse_specification("[classes]\nkeywords = [\"a\", \"b\"]\n" + layers, "test");
  return expand(specification.network, std::move(input), 3);
}

std::string message_of(const std::string& layers, std::vector<int32_t> input = {20, 1, 8}) {
  try {
    network_of(layers, std::move(input));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

const char* const kHead =
    "[[network.layers]]\ntype = \"dense\"\n[[network.layers]]\ntype = \"softmax\"\n";

// Counts and shapes of the tutorial's own model summary.
TEST(Network, TutorialsParametersAndShapes) {
  const Network network = tutorial_network();
  EXPECT_EQ(network.trainable_parameters(), 205073);
  EXPECT_EQ(network.total_parameters(), 214433);
  std::vector<int32_t> heights;
  for (const Node& node : network.nodes) {
    if (node.kind == NodeKind::kAdd &&
        (heights.empty() || heights.back() != node.output_shape[0])) {
      heights.push_back(node.output_shape[0]);
    }
  }
  EXPECT_EQ(heights, (std::vector<int32_t>{49, 25, 13, 7}));
  EXPECT_EQ(network.nodes.back().output_shape, (std::vector<int32_t>{11}));
}

TEST(Network, DsCnn) {
  const Specification specification =
      read_specification(Path(STAPES_SOURCE_FOLDER) / "models/ds_cnn_commands12.toml");
  const Network network = expand(specification.network, {98, 1, 40}, 3);
  EXPECT_EQ(network.nodes.back().output_shape, (std::vector<int32_t>{3}));
  const graph::Graph graph = lower(network, initialize(network, 1));
  EXPECT_EQ(graph.tensors[static_cast<size_t>(graph.outputs[0])].shape,
            (std::vector<int32_t>{1, 3}));
}

// As many rows as with SAME, all of the padding in front, a .tflite that every runtime has.
TEST(Network, CausalConvolutionsArePaddedInFront) {
  const Network network = network_of(
      "[[network.layers]]\ntype = \"conv2d\"\nchannels = 4\nkernel = [5, 3]\nstride = [2, 1]\n"
      "padding = \"causal\"\n[[network.layers]]\ntype = \"global_average_pool\"\n" +
          std::string(kHead),
      {21, 6, 2});
  EXPECT_EQ(network.nodes[1].output_shape, (std::vector<int32_t>{11, 6, 4}));
  const graph::Graph graph = lower(network, initialize(network, 1));
  const graph::Operator& pad = graph.operators.at(0);
  ASSERT_EQ(pad.code, OperatorCode::kPad);
  EXPECT_EQ(graph.tensors[static_cast<size_t>(pad.outputs[0])].shape,
            (std::vector<int32_t>{1, 21 + 4, 6 + 2, 2}));
  EXPECT_EQ(graph.operators.at(1).code, OperatorCode::kConv2D);
  EXPECT_EQ(graph.operators.at(1).options.padding, Padding::kValid);
  EXPECT_EQ(graph.tensors[static_cast<size_t>(graph.operators.at(1).outputs[0])].shape,
            (std::vector<int32_t>{1, 11, 6, 4}));
  // One frame sees no other: nothing to pad.
  const Network pointwise = network_of(
      "[[network.layers]]\ntype = \"conv2d\"\nchannels = 4\npadding = \"causal\"\n"
      "[[network.layers]]\ntype = \"global_average_pool\"\n" +
      std::string(kHead));
  EXPECT_EQ(lower(pointwise, initialize(pointwise, 1)).operators.at(0).code, OperatorCode::kConv2D);
  EXPECT_NE(message_of("[[network.layers]]\ntype = \"max_pool\"\npadding = \"causal\"\n")
                .find("write \"same\" or \"valid\""),
            std::string::npos);
}

TEST(Network, BoundsAreFusedIntoConvolutions) {
  const Network network = network_of(
      "[[network.layers]]\ntype = \"noise\"\n"
      "[[network.layers]]\ntype = \"tenet\"\nchannels = 8\nblocks = 1\nblock_depth = 2\n"
      "stem = \"relu_n1_to_1\"\nactivation = \"relu6\"\ncontraction = "
      "\"relu_n1_to_1\"\nrounding_noise = 8\n"
      "[[network.layers]]\ntype = \"flatten\"\n" +
      std::string(kHead));
  const graph::Graph lowered = lower(network, initialize(network, 1));
  EXPECT_EQ(lowered.operators.at(0).code, OperatorCode::kConv2D);  // noise is left out
  int bounded = 0;
  int contractions = 0;
  for (const graph::Operator& op : lowered.operators) {
    EXPECT_NE(op.code, OperatorCode::kRelu6);
    bounded += op.options.activation == Activation::kRelu6 ? 1 : 0;
    contractions += op.options.activation == Activation::kReluN1To1 ? 1 : 0;
  }
  EXPECT_EQ(bounded, 2 * 3 + 1);   // expansion, depthwise, sum; the shortcut of the first
  EXPECT_EQ(contractions, 2 + 1);  // and the stem
  EXPECT_NE(message_of("[[network.layers]]\ntype = \"tenet\"\nrounding_noise = 8\n")
                .find("activation = \"relu6\""),
            std::string::npos);
}

TEST(Network, ATenetsStemMayBeWideAndMoveOnByTwoRows) {
  const Network network = network_of(
      "[[network.layers]]\ntype = \"tenet\"\nchannels = 8\nblocks = 1\nblock_depth = 1\n"
      "stem_kernel = 5\nstem_stride = 2\n[[network.layers]]\ntype = \"flatten\"\n" +
          std::string(kHead),
      {21, 1, 6});
  const graph::Graph lowered = lower(network, initialize(network, 1));
  const graph::Operator& stem = lowered.operators.at(0);
  ASSERT_EQ(stem.code, OperatorCode::kConv2D);
  EXPECT_EQ(lowered.tensors[static_cast<size_t>(stem.inputs[1])].shape,
            (std::vector<int32_t>{8, 5, 1, 6}));
  EXPECT_EQ(lowered.tensors[static_cast<size_t>(stem.outputs[0])].shape,
            (std::vector<int32_t>{1, 11, 1, 8}));
}

TEST(Network, MistakesAreNamed) {
  EXPECT_NE(message_of("[[network.layers]]\ntype = \"conv\"\n").find("conv2d"), std::string::npos);
  EXPECT_NE(message_of("[[network.layers]]\ntype = \"conv2d\"\n").find("channels is missing"),
            std::string::npos);
  EXPECT_NE(message_of("[[network.layers]]\ntype = \"conv2d\"\nchannels = 4\nkernal = 3\n" +
                       std::string(kHead))
                .find("did you mean \"kernel\"?"),
            std::string::npos);
  EXPECT_NE(message_of("[[network.layers]]\ntype = \"conv2d\"\nchannels = 4\nkernel = [30, 1]\n"
                       "padding = \"valid\"\n")
                .find("does not fit into 20x1x8"),
            std::string::npos);
  EXPECT_NE(message_of("[[network.layers]]\ntype = \"lstm\"\nunits = 4\n").find("\"sequence\""),
            std::string::npos);
  EXPECT_NE(message_of("[[network.layers]]\ntype = \"flatten\"\n").find("\"softmax\""),
            std::string::npos);
  EXPECT_NE(message_of("").find("no layers"), std::string::npos);
  EXPECT_NE(message_of("[[network.layers]]\ntype = \"add\"\nwith = \"x\"\n").find("\"x\""),
            std::string::npos);
}

TEST(Network, ResidualByName) {
  const Network network = network_of(
      "[[network.layers]]\ntype = \"conv2d\"\nchannels = 8\nname = \"before\"\n"
      "[[network.layers]]\ntype = \"relu\"\n"
      "[[network.layers]]\ntype = \"add\"\nwith = \"before\"\n"
      "[[network.layers]]\ntype = \"flatten\"\n" +
      std::string(kHead));
  int adds = 0;
  for (const Node& node : network.nodes) adds += node.kind == NodeKind::kAdd ? 1 : 0;
  EXPECT_EQ(adds, 1);
}

TEST(Initialize, LimitsForgetBiasAndOrthogonality) {
  const Network network = tutorial_network();
  const Weights weights = initialize(network, 3);
  EXPECT_EQ(weights.size(), network.parameters().size());
  const Array& bias = weights.at("lstm/bias");
  for (size_t i = 0; i < 160; ++i) EXPECT_EQ(bias.values[i], i >= 40 && i < 80 ? 1.0F : 0.0F);
  const Array& recurrent = weights.at("lstm/recurrent_kernel");
  for (size_t a = 0; a < 40; a += 7) {
    for (size_t b = 0; b < 40; ++b) {
      double dot = 0;
      for (size_t r = 0; r < 160; ++r) {
        dot += static_cast<double>(recurrent.values[r * 40 + a]) *
               static_cast<double>(recurrent.values[r * 40 + b]);
      }
      EXPECT_NEAR(dot, a == b ? 1.0 : 0.0, 1e-5);
    }
  }
  const Array& dense = weights.at("dense/kernel");
  const float limit = std::sqrt(6.0F / 51.0F);
  for (const float value : dense.values) EXPECT_LE(std::abs(value), limit);
  EXPECT_EQ(initialize(network, 3).at("dense/kernel").values, dense.values);
  EXPECT_NE(initialize(network, 4).at("dense/kernel").values, dense.values);
}

TEST(Lower, TutorialsGraph) {
  const Network network = tutorial_network();
  const graph::Graph graph = lower(network, initialize(network, 1));
  EXPECT_EQ(graph.tensors[static_cast<size_t>(graph.inputs[0])].shape,
            (std::vector<int32_t>{1, 98, 1, 40}));
  int convolutions = 0, depthwise = 0, lstms = 0, norms = 0;
  for (const graph::Operator& op : graph.operators) {
    convolutions += op.code == OperatorCode::kConv2D ? 1 : 0;
    depthwise += op.code == OperatorCode::kDepthwiseConv2D ? 1 : 0;
    lstms += op.code == OperatorCode::kUnidirectionalSequenceLstm ? 1 : 0;
    norms += op.code == OperatorCode::kRsqrt ? 1 : 0;
    EXPECT_NE(op.code, OperatorCode::kRelu);  // all fused
  }
  EXPECT_EQ(convolutions, 1 + 16 * 2 + 4);
  EXPECT_EQ(depthwise, 16);
  EXPECT_EQ(lstms, 1);
  EXPECT_EQ(norms, 3);
}

TEST(Lower, MissingWeightsAreNamed) {
  const Network network = tutorial_network();
  Weights weights = initialize(network, 1);
  weights.erase("lstm/bias");
  EXPECT_THROW(lower(network, weights), Error);
}

}  // namespace
}  // namespace stapes::network
