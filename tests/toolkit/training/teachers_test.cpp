#include "toolkit/training/teachers.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/temporary_folder.h"
#include "tests/toolkit/training/small_training.h"
#include "toolkit/base/error.h"

namespace stapes::training {
namespace {

using test::TemporaryFolder;

std::string message_of_teachers(const network::Network& network, const Path& folder) {
  try {
    const Teachers teachers(network, {folder}, 1.0, "cpu");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Teachers, GiveTheMeanOfTheirSoftmaxOutputs) {
  const TemporaryFolder folder;
  SmallTraining first(folder / "first");
  SmallTraining second(folder / "second");
  second.specification.training.seed = 4;
  first.run();
  second.run();
  constexpr size_t kCount = 5;
  std::vector<float> features(kCount * 24 * 8);
  for (size_t i = 0; i < kCount; ++i) {
    first.validation.fill(0, i, std::span(features).subspan(i * 192, 192));
  }
  const auto probabilities = [&](const std::vector<Path>& folders, double temperature) {
    std::vector<float> out(kCount * 3);
    Teachers(first.network, folders, temperature, "cpu").probabilities(features, kCount, out);
    return out;
  };
  const auto one = probabilities({folder / "first"}, 1.0);
  const auto other = probabilities({folder / "second"}, 1.0);
  const auto both = probabilities({folder / "first", folder / "second"}, 1.0);
  const auto warm = probabilities({folder / "first"}, 4.0);
  for (size_t i = 0; i < kCount; ++i) {
    float sum = 0;
    float largest = 0;
    float largest_warm = 0;
    for (size_t c = 3 * i; c < 3 * i + 3; ++c) {
      EXPECT_NEAR(both[c], (one[c] + other[c]) / 2, 1e-6);
      sum += both[c];
      largest = std::max(largest, one[c]);
      largest_warm = std::max(largest_warm, warm[c]);
    }
    EXPECT_NEAR(sum, 1.0, 1e-5);
    EXPECT_LT(largest_warm, largest);
  }
}

TEST(Teachers, AreFollowedByTheirStudent) {
  const TemporaryFolder folder;
  SmallTraining teacher(folder / "teacher");
  teacher.specification.training.epochs = 12;
  teacher.run();
  const Teachers teachers(teacher.network, {folder / "teacher"}, 1.0, "cpu");

  // Labels say nothing here: with weight 1 only the teacher counts.
  SmallTraining student(folder / "student");
  student.specification.training.epochs = 12;
  student.specification.training.seed = 9;
  student.specification.training.distillation.weight = 1.0;
  student.options.teachers = &teachers;
  const TrainingResult taught = student.run();
  EXPECT_GT(taught.best.balanced_accuracy, 0.8);

  SmallTraining again = student;
  again.options.output = folder / "again";
  again.options.threads = 1;
  EXPECT_EQ(bits(again.run().weights), bits(taught.weights));
}

TEST(Teachers, WhatCannotTeachIsNamed) {
  const TemporaryFolder folder;
  const SmallTraining small(folder / "small");
  EXPECT_NE(message_of_teachers(small.network, folder / "nobody").find("no checkpoint"),
            std::string::npos);
  small.run();
  EXPECT_EQ(message_of_teachers(small.network, folder / "small"), "");
  EXPECT_NE(message_of_teachers(network_of(specification_of(kDsCnn)), folder / "small")
                .find("another one"),
            std::string::npos);
}

TEST(Model, TargetsOfTheLabelsGiveTheLossOfTheLabels) {
  const network::Network network = network_of(specification_of(kDsCnn));
  const Model model(network, "cpu");
  const std::vector<float> weights = model.layout().flatten(network::initialize(network, 1));
  const SyntheticSource source(6, 24, 8, 3, 9);
  std::vector<float> features(6 * 192);
  std::vector<int32_t> labels(6);
  std::vector<uint64_t> examples(6);
  std::vector<float> targets(18);
  for (size_t i = 0; i < 6; ++i) {
    labels[i] = source.fill(0, i, std::span(features).subspan(i * 192, 192));
    targets[3 * i + static_cast<size_t>(labels[i])] = 1.0F;
  }
  const std::vector<float> ones(6, 1.0F);
  std::vector<float> gradient(weights.size());
  Shard shard{features, labels, ones, examples, 6, 0, 1, 0};
  const double loss = model.gradient(weights, shard, gradient).loss;
  shard.targets = targets;
  shard.target_weight = 0.6;
  EXPECT_NEAR(model.gradient(weights, shard, gradient).loss, loss, 1e-5);
  shard.temperature = 2.0;
  EXPECT_GT(model.gradient(weights, shard, gradient).loss, loss);
}

}  // namespace
}  // namespace stapes::training
