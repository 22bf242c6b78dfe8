#include "toolkit/training/cpu/network_pass.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/tutorial_network.h"
#include "tests/toolkit/training/small_training.h"
#include "toolkit/base/philox.h"
#include "toolkit/training/model.h"

namespace stapes::training {
namespace {

std::vector<float> random_weights(const network::Network& network, const ParameterLayout& layout) {
  std::vector<float> weights = layout.flatten(network::initialize(network, 5));
  Random random(5, Purpose::kTest);
  for (const ParameterLayout::Entry& entry : layout.entries()) {
    if (entry.name.ends_with("kernel")) continue;
    for (size_t i = 0; i < entry.size; ++i) {
      weights[entry.offset + i] += static_cast<float>(random.uniform(-0.3, 0.3));
    }
  }
  return weights;
}

struct Result {
  std::vector<float> gradient;
  std::vector<float> logits;
  ShardSums sums;
};

struct Examples {
  explicit Examples(size_t count, const network::Network& network) {
    const std::vector<int32_t>& shape = network.nodes.front().output_shape;
    size_t values = 1;
    for (const int32_t size : shape) values *= static_cast<size_t>(size);
    features.resize(count * values);
    Random random(7, Purpose::kTest);
    for (float& value : features) value = static_cast<float>(random.normal());
    for (size_t i = 0; i < count; ++i) {
      labels.push_back(static_cast<int32_t>(i % 3));
      weights.push_back(0.5F + static_cast<float>(i % 2));
      examples.push_back(10 + i);
    }
  }
  std::vector<float> features;
  std::vector<int32_t> labels;
  std::vector<float> weights;
  std::vector<uint64_t> examples;
};

Result compute(const Model& model, const std::vector<float>& weights, const Examples& examples,
               uint64_t epoch = 4) {
  Result result;
  result.gradient.resize(weights.size());
  const Shard shard{examples.features,
                    examples.labels,
                    examples.weights,
                    examples.examples,
                    2 * examples.labels.size(),
                    0.1F,
                    3,
                    epoch};
  result.sums = model.gradient(weights, shard, result.gradient);
  result.logits.resize(examples.labels.size() * model.classes());
  model.logits(weights, examples.features, examples.labels.size(), result.logits);
  return result;
}

// Every parameter's gradient and every statistic against torch's own, in units of the largest.
void expect_as_torch(const network::Network& network, double tolerance = 2e-5) {
  const Model own(network, "cpu");
  const Model torch(network, "cpu", false);
  const std::vector<float> weights = random_weights(network, own.layout());
  for (const size_t count : {1U, 5U, 33U}) {
    const Examples examples(count, network);
    const Result result = compute(own, weights, examples);
    const Result expected = compute(torch, weights, examples);
    EXPECT_NEAR(result.sums.loss, expected.sums.loss, 1e-5 * std::abs(expected.sums.loss));
    EXPECT_EQ(result.sums.correct, expected.sums.correct);
    for (size_t i = 0; i < result.logits.size(); ++i) {
      ASSERT_NEAR(result.logits[i], expected.logits[i], 2e-5) << i;
    }
    double overall = 0;
    for (const float g : expected.gradient) overall = std::max(overall, std::abs(double{g}));
    for (const ParameterLayout::Entry& entry : own.layout().entries()) {
      // The gradient of a bias before a batch norm is zero but for rounding.
      double largest = 1e-2 * overall;
      for (size_t i = entry.offset; i < entry.offset + entry.size; ++i) {
        largest = std::max(largest, std::abs(double{expected.gradient[i]}));
      }
      for (size_t i = entry.offset; i < entry.offset + entry.size; ++i) {
        ASSERT_NEAR(result.gradient[i] / largest, expected.gradient[i] / largest, tolerance)
            << entry.name << " of " << count << " examples, " << i - entry.offset;
      }
    }
  }
}

std::string layers(std::initializer_list<const char*> all) {
  std::string text;
  for (const char* layer : all) text += std::string("[[network.layers]]\n") + layer + "\n";
  return text;
}

bool supported(const network::Network& network) {
  return cpu::NetworkPass::supports(network, static_cast<int>(network.nodes.size()) - 2);
}

TEST(NetworkPass, TenetAndLstmAsTorch) {
  EXPECT_TRUE(supported(network_of(specification_of(kTenetLstm))));
  expect_as_torch(network_of(specification_of(kTenetLstm)), 1e-3);
}

// The noise too is the same, and bounds stop the same gradients.
TEST(NetworkPass, BoundsAndRoundingNoiseAsTorch) {
  const char* tenet =
      "type = \"tenet\"\nchannels = 8\nblocks = 2\nblock_depth = 2\nexpansion = 2\nkernel = 5\n"
      "stem = \"relu_n1_to_1\"\nactivation = \"relu6\"\ncontraction = \"relu_n1_to_1\"\n"
      "rounding_noise = 60";
  const network::Network network = network_of(
      specification_of(layers({"type = \"noise\"\nwidth = 0.4", tenet, "type = \"flatten\"",
                               "type = \"dense\"", "type = \"softmax\""})));
  EXPECT_TRUE(supported(network));
  expect_as_torch(network, 1e-3);
}

TEST(NetworkPass, RoundingNoiseChangesTrainingAndNothingElse) {
  const auto result_of = [](const char* noise, uint64_t epoch) {
    const network::Network network = network_of(specification_of(
        layers({noise, "type = \"flatten\"", "type = \"dense\"", "type = \"softmax\""})));
    const Model model(network, "cpu");
    const Examples examples(6, network);
    return compute(model, random_weights(network, model.layout()), examples, epoch);
  };
  const char* quiet = "type = \"tenet\"\nchannels = 8\nblocks = 1\nactivation = \"relu6\"";
  const char* noisy =
      "type = \"tenet\"\nchannels = 8\nblocks = 1\nactivation = \"relu6\"\nrounding_noise = 20";
  const Result without = result_of(quiet, 4);
  const Result with = result_of(noisy, 4);
  EXPECT_EQ(with.logits, without.logits);  // inference
  EXPECT_NE(with.gradient, without.gradient);
  EXPECT_EQ(with.gradient, result_of(noisy, 4).gradient);
  EXPECT_NE(with.gradient, result_of(noisy, 5).gradient);  // other noise in another epoch
  EXPECT_NEAR(with.sums.loss, without.sums.loss, 0.2 * without.sums.loss);
}

TEST(NetworkPass, CausalConvolutionsAsTorch) {
  const network::Network network = network::expand(
      parse_specification(test::tutorial_specification(6, 2, "units = 5", "causal"), "test")
          .network,
      {24, 1, 8}, 4);
  EXPECT_TRUE(supported(network));
  expect_as_torch(network, 1e-3);
}

// Sixteen blocks of batch norms and ReLUs amplify rounding: an input that differs in the last bit
// changes single elements of gradients by some percent. So each parameter's gradient is compared as
// a whole.
TEST(NetworkPass, NetworksThatShipAsTorch) {
  for (const char* name : {"commands12.toml", "commands12_tutorial.toml", "commands12_small.toml",
                           "tutorial_numbers.toml"}) {
    const Specification specification =
        read_specification(Path(STAPES_SOURCE_FOLDER) / "models" / name);
    const network::Network network = network::expand(specification.network, {98, 1, 40}, 11);
    EXPECT_TRUE(supported(network)) << name;
    const Model own(network, "cpu");
    const Model torch(network, "cpu", false);
    const std::vector<float> weights = random_weights(network, own.layout());
    const Examples examples(33, network);
    const Result result = compute(own, weights, examples);
    const Result expected = compute(torch, weights, examples);
    EXPECT_NEAR(result.sums.loss, expected.sums.loss, 3e-4 * std::abs(expected.sums.loss)) << name;
    const auto length = [](const auto& values, const ParameterLayout::Entry& entry) {
      double squares = 0;
      for (size_t i = 0; i < entry.size; ++i) squares += std::pow(values(entry.offset + i), 2);
      return std::sqrt(squares);
    };
    const auto theirs = [&](size_t i) { return double{expected.gradient[i]}; };
    const auto apart = [&](size_t i) { return double{result.gradient[i]} - expected.gradient[i]; };
    double longest = 0;
    for (const ParameterLayout::Entry& entry : own.layout().entries()) {
      if (entry.trainable) longest = std::max(longest, length(theirs, entry));
    }
    for (const ParameterLayout::Entry& entry : own.layout().entries()) {
      EXPECT_LT(length(apart, entry), 0.05 * std::max(length(theirs, entry), 1e-3 * longest))
          << entry.name << " of " << name;
    }
  }
}

// A sum's order is the rows' (kernels.h), whatever the width of the vectors, so that a model can be
// trained again, bit for bit, on a processor that has wider ones.
TEST(NetworkPass, TheSameBitsWithWiderVectors) {
  const std::span<const cpu::Kernels> all = cpu::kernels();
  if (all.size() < 3) GTEST_SKIP() << "this processor has no AVX-512";
  for (const char* name : {"commands12.toml", "commands12_tutorial.toml", "commands12_small.toml",
                           "commands12_streaming.toml"}) {
    const Specification specification =
        read_specification(Path(STAPES_SOURCE_FOLDER) / "models" / name);
    const network::Network network = network::expand(specification.network, {98, 1, 40}, 11);
    const ParameterLayout layout(network);
    const std::vector<float> weights = random_weights(network, layout);
    const Examples examples(33, network);
    const Shard shard{
        examples.features, examples.labels, examples.weights, examples.examples, 33, 0.1F, 3, 4};
    std::vector<float> logits_gradient(33 * 11);
    Random random(8, Purpose::kTest);
    for (float& value : logits_gradient) value = static_cast<float>(random.normal());
    const auto compute_with = [&](const cpu::Kernels& kernels) {
      cpu::NetworkPass pass(network, layout, static_cast<int>(network.nodes.size()) - 2, kernels);
      std::vector<float> gradient(weights.size());
      std::vector<float> logits(logits_gradient.size());
      pass.forward(weights, examples.features, 33, &shard, gradient, logits);
      pass.backward(logits_gradient);
      gradient.insert(gradient.end(), logits.begin(), logits.end());
      return gradient;
    };
    EXPECT_EQ(compute_with(all[1]), compute_with(all[2])) << name;
  }
}

TEST(NetworkPass, EveryKindOfNodeAsTorch) {
  const network::Network network = network_of(specification_of(layers(
      {"type = \"conv2d\"\nchannels = 21\nkernel = [4, 1]\nstride = [3, 1]", "type = \"relu6\"",
       "type = \"conv2d\"\nname = \"a\"\nchannels = 17\nkernel = [1, 1]\nbias = false",
       "type = \"depthwise_conv2d\"\nkernel = [4, 1]\nstride = [1, 1]", "type = \"relu\"",
       "type = \"add\"\nwith = \"a\"", "type = \"relu\"", "type = \"dropout\"\nrate = 0.3",
       "type = \"depthwise_conv2d\"\nkernel = [2, 1]\nstride = [3, 1]\npadding = \"valid\"",
       "type = \"batch_norm\"", "type = \"sequence\"", "type = \"lstm\"\nunits = 19",
       "type = \"layer_norm\"", "type = \"flatten\"", "type = \"dense\"\nunits = 18",
       "type = \"relu\"", "type = \"dense\"\nbias = false", "type = \"softmax\""})));
  EXPECT_TRUE(supported(network));
  expect_as_torch(network, 1e-3);
}

TEST(NetworkPass, LayerNormalizedLstmAsTorch) {
  expect_as_torch(network_of(specification_of(layers(
                      {"type = \"sequence\"", "type = \"lstm\"\nunits = 5\nlayer_norm = true",
                       "type = \"last_step\"", "type = \"dense\"", "type = \"softmax\""}))),
                  1e-3);
}

TEST(NetworkPass, ClippedCellsAndMeanOverFramesAsTorch) {
  expect_as_torch(network_of(specification_of(layers(
                      {"type = \"sequence\"", "type = \"lstm\"\nunits = 5\ncell_clip = 0.4",
                       "type = \"reshape\"\nshape = [24, 1, 5]", "type = \"global_average_pool\"",
                       "type = \"dense\"", "type = \"softmax\""}))),
                  1e-3);
}

TEST(NetworkPass, LeavesOtherNetworksToTorch) {
  EXPECT_FALSE(supported(network_of(specification_of(kDsCnn))));
}

}  // namespace
}  // namespace stapes::training
