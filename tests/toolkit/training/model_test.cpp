#include "toolkit/training/model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/tutorial_network.h"
#include "tests/toolkit/training/small_training.h"
#include "toolkit/base/philox.h"
#include "toolkit/graph/executor.h"

namespace stapes::training {
namespace {

// Initial weights with everything that starts at 0 or 1 moved away from it, so that a bias or a
// moving mean in the wrong place shows.
std::vector<float> random_weights(const network::Network& network, const Model& model) {
  std::vector<float> weights = model.layout().flatten(network::initialize(network, 5));
  Random random(5, Purpose::kTest);
  for (const ParameterLayout::Entry& entry : model.layout().entries()) {
    if (entry.name.ends_with("kernel")) continue;
    for (size_t i = 0; i < entry.size; ++i) {
      float& weight = weights[entry.offset + i];
      weight += static_cast<float>(random.uniform(-0.3, 0.3));
    }
  }
  return weights;
}

std::vector<float> softmax(std::vector<float> logits) {
  double sum = 0;
  for (float& value : logits) {
    value = std::exp(value);
    sum += value;
  }
  for (float& value : logits) value = static_cast<float>(value / sum);
  return logits;
}

// What is trained is what is exported: torch's scores against those of the lowered graph, run by
// the project's own kernels.
void expect_lowered_equals(const network::Network& network) {
  const Model model(network, "cpu");
  const std::vector<float> weights = random_weights(network, model);
  graph::Executor executor(network::lower(network, model.layout().unflatten(weights)));
  const std::vector<int32_t>& shape = network.nodes.front().output_shape;
  const auto values =
      static_cast<size_t>(shape[0]) * static_cast<size_t>(shape[1]) * static_cast<size_t>(shape[2]);
  for (uint64_t i = 0; i < 5; ++i) {
    Random random(6, Purpose::kTest, 0, i);
    std::vector<float> features(values);
    for (float& value : features) value = static_cast<float>(random.normal());
    std::vector<float> logits(model.classes());
    model.logits(weights, features, 1, logits);
    const std::vector<float> expected = softmax(logits);
    executor.reset();
    executor.set_input(0, std::span<const float>(features));
    executor.invoke();
    const std::vector<float> scores = executor.output_as_float(0);
    ASSERT_EQ(scores.size(), expected.size());
    for (size_t c = 0; c < scores.size(); ++c) EXPECT_NEAR(scores[c], expected[c], 1e-5);
  }
}

TEST(Model, TenetLstmEqualsItsGraph) {
  expect_lowered_equals(network_of(specification_of(kTenetLstm)));
}

TEST(Model, LayerNormalizedLstmEqualsItsGraph) {
  expect_lowered_equals(network_of(specification_of(
      "[[network.layers]]\ntype = \"sequence\"\n"
      "[[network.layers]]\ntype = \"lstm\"\nunits = 7\nlayer_norm = true\n"
      "[[network.layers]]\ntype = \"last_step\"\n"
      "[[network.layers]]\ntype = \"dense\"\n[[network.layers]]\ntype = \"softmax\"\n")));
}

TEST(Model, DsCnnEqualsItsGraph) { expect_lowered_equals(network_of(specification_of(kDsCnn))); }

TEST(Model, CausalNetworksEqualTheirGraph) {
  std::string ds_cnn = kDsCnn;
  ds_cnn.replace(ds_cnn.find("\"ds_cnn\""), 8, "\"ds_cnn\"\npadding = \"causal\"");
  expect_lowered_equals(network_of(specification_of(ds_cnn)));
  expect_lowered_equals(network::expand(
      parse_specification(test::tutorial_specification(6, 2, "units = 5", "causal"), "test")
          .network,
      {24, 1, 8}, 4));
}

TEST(Model, PoolingWithUnevenPaddingEqualsItsGraph) {
  expect_lowered_equals(network_of(specification_of(
      "[[network.layers]]\ntype = \"reshape\"\nshape = [24, 8, 1]\n"
      "[[network.layers]]\ntype = \"conv2d\"\nchannels = 6\nkernel = [4, 3]\nstride = [1, 2]\n"
      "[[network.layers]]\ntype = \"relu6\"\n"
      "[[network.layers]]\ntype = \"average_pool\"\nkernel = [4, 2]\nstride = [3, 2]\n"
      "padding = \"same\"\n"
      "[[network.layers]]\ntype = \"max_pool\"\nkernel = [4, 2]\nstride = [3, 1]\n"
      "padding = \"same\"\n"
      "[[network.layers]]\ntype = \"flatten\"\n"
      "[[network.layers]]\ntype = \"dense\"\n[[network.layers]]\ntype = \"softmax\"\n")));
}

TEST(Model, TutorialsNetworkEqualsItsGraph) {
  const Specification specification =
      read_specification(Path(STAPES_SOURCE_FOLDER) / "models/tutorial_numbers.toml");
  expect_lowered_equals(network::expand(specification.network, {98, 1, 40}, 11));
}

// The loss' change along the gradient, by central differences in double steps, against the
// gradient's own prediction; batch norms in training mode.
TEST(Model, GradientPredictsTheChangeOfTheLoss) {
  const network::Network network = network_of(specification_of(kTenetLstm));
  const Model model(network, "cpu");
  std::vector<float> weights = random_weights(network, model);
  const SyntheticSource source(12, 24, 8, 3, 9);
  std::vector<float> features(12 * 24 * 8);
  std::vector<int32_t> labels(12);
  std::vector<uint64_t> examples(12);
  for (size_t i = 0; i < 12; ++i) {
    labels[i] = source.fill(0, i, std::span(features).subspan(i * 192, 192));
    examples[i] = i;
  }
  const std::vector<float> ones(12, 1.5F);
  Shard shard{features, labels, ones, examples, 12, 0.1F, 1, 0};
  std::vector<float> gradient(weights.size());
  std::vector<float> unused(weights.size());
  model.gradient(weights, shard, gradient);

  for (const char* name : {"kernel", "bias", "gamma", "beta", "recurrent_kernel"}) {
    double squares = 0;
    std::vector<float> direction(weights.size());
    for (const ParameterLayout::Entry& entry : model.layout().entries()) {
      if (!entry.trainable || !entry.name.ends_with(std::string("/") + name)) continue;
      for (size_t i = entry.offset; i < entry.offset + entry.size; ++i) {
        direction[i] = gradient[i];
        squares += double{gradient[i]} * gradient[i];
      }
    }
    ASSERT_GT(squares, 0) << name;
    const double step = 2e-3 / std::sqrt(squares);
    const auto loss_at = [&](double distance) {
      std::vector<float> moved = weights;
      for (size_t i = 0; i < moved.size(); ++i) {
        moved[i] += static_cast<float>(distance) * direction[i];
      }
      return model.gradient(moved, shard, unused).loss;
    };
    const double slope = (loss_at(step) - loss_at(-step)) / (2 * step);
    EXPECT_NEAR(slope / squares, 1.0, 0.03) << name;
  }
}

TEST(Model, ShardsAddUpToTheBatch) {
  // Without batch norm a batch's gradient does not depend on how it is cut.
  const network::Network network = network_of(specification_of(
      "[[network.layers]]\ntype = \"conv2d\"\nchannels = 6\nkernel = [3, 1]\n"
      "[[network.layers]]\ntype = \"relu\"\n[[network.layers]]\ntype = \"flatten\"\n"
      "[[network.layers]]\ntype = \"dropout\"\nrate = 0.5\n"
      "[[network.layers]]\ntype = \"dense\"\n[[network.layers]]\ntype = \"softmax\"\n"));
  const Model model(network, "cpu");
  const std::vector<float> weights = random_weights(network, model);
  const SyntheticSource source(8, 24, 8, 3, 9);
  std::vector<float> features(8 * 192);
  std::vector<int32_t> labels(8);
  std::vector<uint64_t> examples(8);
  for (size_t i = 0; i < 8; ++i) {
    labels[i] = source.fill(0, i, std::span(features).subspan(i * 192, 192));
    examples[i] = 100 + i;
  }
  const std::vector<float> ones(8, 1.0F);
  const auto part = [&](size_t first, size_t count) {
    std::vector<float> gradient(weights.size());
    const Shard shard{std::span<const float>(features).subspan(first * 192, count * 192),
                      std::span<const int32_t>(labels).subspan(first, count),
                      std::span<const float>(ones).subspan(first, count),
                      std::span<const uint64_t>(examples).subspan(first, count),
                      8,
                      0,
                      1,
                      0};
    model.gradient(weights, shard, gradient);
    return gradient;
  };
  const std::vector<float> whole = part(0, 8);
  const std::vector<float> left = part(0, 3);
  const std::vector<float> right = part(3, 5);
  for (size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(left[i] + right[i], whole[i], 1e-5);
}

}  // namespace
}  // namespace stapes::training
