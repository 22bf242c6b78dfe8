#include "toolkit/training/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>

namespace stapes::training {
namespace {

// One kernel of two weights and one bias.
network::Network two_parameters() {
  network::Network network;
  network::Node input;
  network::Node dense;
  dense.parameters = {{"dense/kernel", {1, 2}}, {"dense/bias", {1}}};
  network.nodes = {input, dense};
  return network;
}

TEST(Optimizer, AdamsFirstStepIsTheLearningRate) {
  const network::Network network = two_parameters();
  Optimizer optimizer(TrainingSettings{}, ParameterLayout(network));
  std::vector<float> weights{1, 2, 3};
  std::vector<float> gradient{0.5F, -4.0F, 0.0F};
  optimizer.update(weights, gradient, 0.01);
  EXPECT_NEAR(weights[0], 0.99F, 1e-6);
  EXPECT_NEAR(weights[1], 2.01F, 1e-6);
  EXPECT_EQ(weights[2], 3.0F);
}

TEST(Optimizer, AdamTwoStepsByHand) {
  const network::Network network = two_parameters();
  Optimizer optimizer(TrainingSettings{}, ParameterLayout(network));
  std::vector<float> weights{0, 0, 0};
  std::vector<float> gradient{1, 0, 0};
  optimizer.update(weights, gradient, 0.1);
  gradient = {-3, 0, 0};
  optimizer.update(weights, gradient, 0.1);
  const double m = 0.9 * 0.1 * 1 + 0.1 * -3;
  const double v = 0.999 * 0.001 * 1 + 0.001 * 9;
  const double second = 0.1 * (m / (1 - 0.81)) / std::sqrt(v / (1 - 0.999 * 0.999));
  EXPECT_NEAR(weights[0], -0.1 - second, 1e-6);
}

TEST(Optimizer, DecayTouchesKernelsOnly) {
  const network::Network network = two_parameters();
  TrainingSettings settings;
  settings.optimizer = "adamw";
  settings.weight_decay = 0.5;
  Optimizer optimizer(settings, ParameterLayout(network));
  std::vector<float> weights{1, 1, 1};
  std::vector<float> gradient{0, 0, 0};
  optimizer.update(weights, gradient, 0.1);
  EXPECT_FLOAT_EQ(weights[0], 0.95F);
  EXPECT_FLOAT_EQ(weights[2], 1.0F);
}

TEST(Optimizer, ClipsTheGlobalNorm) {
  const network::Network network = two_parameters();
  TrainingSettings settings;
  settings.optimizer = "sgd";
  settings.gradient_clip = 1.0;
  Optimizer optimizer(settings, ParameterLayout(network));
  std::vector<float> weights{0, 0, 0};
  std::vector<float> gradient{3, 0, 4};
  optimizer.update(weights, gradient, 1.0);
  EXPECT_FLOAT_EQ(weights[0], -0.6F);
  EXPECT_FLOAT_EQ(weights[2], -0.8F);
}

}  // namespace
}  // namespace stapes::training
