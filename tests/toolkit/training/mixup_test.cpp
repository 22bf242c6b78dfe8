#include "toolkit/training/mixup.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/toolkit/training/small_training.h"
#include "toolkit/training/model.h"

namespace stapes::training {
namespace {

using test::TemporaryFolder;

TEST(Mixup, MixesFeaturesLabelsAndWeightsAlike) {
  constexpr size_t kCount = 400;
  std::vector<float> features;
  std::vector<int32_t> labels;
  std::vector<float> weights;
  std::vector<uint64_t> examples;
  for (size_t i = 0; i < kCount; ++i) {  // the second value is the weight
    labels.push_back(static_cast<int32_t>(i));
    weights.push_back(i % 2 == 0 ? 1.0F : 3.0F);
    features.push_back(static_cast<float>(i));
    features.push_back(weights.back());
    examples.push_back(1000 + i);
  }
  const MixedExamples mixed = mix(features, labels, weights, examples, 0.25, 7, 2);
  size_t count = 0;
  for (size_t i = 0; i < kCount; ++i) {
    if (mixed.other_shares[i] == 0.0F) {
      EXPECT_EQ(mixed.features[2 * i], features[2 * i]);
      EXPECT_EQ(mixed.weights[i], weights[i]);
      EXPECT_EQ(mixed.other_labels[i], labels[i]);
      continue;
    }
    ++count;
    const auto other = static_cast<size_t>(mixed.other_labels[i]);
    EXPECT_FLOAT_EQ(mixed.features[2 * i + 1], mixed.weights[i]);
    // Its share of the loss: of features times its weight in the sum of both.
    const float share = mixed.other_shares[i] * mixed.weights[i] / weights[other];
    EXPECT_GE(share, 0.0F);
    EXPECT_LT(share, 0.50001F);
    EXPECT_NEAR(mixed.features[2 * i],
                (1.0F - share) * features[2 * i] + share * features[2 * other], 1e-3);
  }
  EXPECT_NEAR(static_cast<double>(count), 100.0, 30.0);
  EXPECT_EQ(mix(features, labels, weights, examples, 0.25, 7, 2).features, mixed.features);
  EXPECT_NE(mix(features, labels, weights, examples, 0.25, 7, 3).features, mixed.features);
  EXPECT_EQ(mix(features, labels, weights, examples, 0.0, 7, 2).features, features);
}

TEST(Mixup, TheLossIsThatOfBothLabels) {
  const TemporaryFolder folder;
  const SmallTraining small(folder / "small");
  const Model model(small.network, "cpu");
  const std::vector<float> weights = model.layout().flatten(network::initialize(small.network, 1));
  std::vector<float> gradient(weights.size());
  std::vector<float> features(small.training.values_per_example());
  const int32_t label = small.training.fill(0, 0, features);
  const auto loss = [&](int32_t first, int32_t second, float share) {
    const std::vector<int32_t> labels{first};
    const std::vector<int32_t> others{second};
    const std::vector<float> shares{share};
    const std::vector<float> ones{1.0F};
    const std::vector<uint64_t> examples{0};
    Shard shard{features, labels, ones, examples, 1, 0, 1, 0};
    shard.other_labels = others;
    shard.other_shares = shares;
    return model.gradient(weights, shard, gradient).loss;
  };
  const int32_t other = label == 0 ? 1 : 0;
  EXPECT_NEAR(loss(label, other, 0.25F),
              0.75 * loss(label, label, 0.0F) + 0.25 * loss(other, other, 0.0F), 1e-5);
}

TEST(Mixup, ATrainingThatMixesLearnsAndRepeatsItsBits) {
  const TemporaryFolder folder;
  SmallTraining one(folder / "one");
  one.specification.training.epochs = 12;
  one.specification.training.mixup_probability = 0.5;
  const TrainingResult result = one.run();
  EXPECT_GT(result.best.balanced_accuracy, 0.8);
  SmallTraining two = one;
  two.options.output = folder / "two";
  two.options.threads = 3;
  EXPECT_EQ(bits(two.run().weights), bits(result.weights));
}

}  // namespace
}  // namespace stapes::training
