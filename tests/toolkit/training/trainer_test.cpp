#include "toolkit/training/trainer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/temporary_folder.h"
#include "tests/toolkit/training/hooked_source.h"
#include "tests/toolkit/training/small_training.h"
#include "tests/toolkit/training/worker.h"
#include "toolkit/base/error.h"

namespace stapes::training {
namespace {

using test::TemporaryFolder;

std::string message_of(const SmallTraining& small) {
  try {
    small.run();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Trainer, LearnsAndKeepsTheBest) {
  const TemporaryFolder folder;
  SmallTraining small(folder.path());
  small.specification.training.epochs = 12;
  const TrainingResult result = small.run();
  ASSERT_EQ(result.history.size(), 12U);
  EXPECT_LT(result.history.back().loss, 0.7 * result.history.front().loss);
  EXPECT_GT(result.best.balanced_accuracy, 0.8);
  for (const HistoryRow& row : result.history) {
    EXPECT_LE(row.validation.balanced_accuracy, result.best.balanced_accuracy);
  }
  const std::string history = read_text_file(folder / "train/history.csv");
  EXPECT_EQ(std::count(history.begin(), history.end(), '\n'), 13);
}

// The same training, of which other weights are kept.
TEST(Trainer, KeepsTheLastIfAsked) {
  const TemporaryFolder folder;
  SmallTraining last(folder / "last");
  last.specification.training.best_by = "last";
  const TrainingResult result = last.run();
  EXPECT_EQ(result.best_epoch, 4);
  EXPECT_EQ(result.best.loss, result.history.back().validation.loss);
  // One that ends after two epochs and goes on to four keeps the same.
  SmallTraining begun(folder / "resumed");
  begun.specification.training.best_by = "last";
  begun.specification.training.epochs = 2;
  begun.run();
  begun.specification.training.epochs = 4;
  begun.options.resume = true;
  EXPECT_EQ(bits(begun.run().weights), bits(result.weights));
}

TEST(Trainer, SameBitsOnOneAndFourThreads) {
  const TemporaryFolder folder;
  const TrainingResult one = SmallTraining(folder / "one", 1).run();
  const TrainingResult four = SmallTraining(folder / "four", 4).run();
  EXPECT_EQ(bits(one.weights), bits(four.weights));
}

TEST(Trainer, ResumedAfterTwoEpochsGivesTheSameBits) {
  const TemporaryFolder folder;
  const TrainingResult straight = SmallTraining(folder / "straight").run();
  SmallTraining first(folder / "resumed");
  first.specification.training.epochs = 2;
  first.run();
  SmallTraining second(folder / "resumed");
  second.options.resume = true;
  EXPECT_EQ(bits(second.run().weights), bits(straight.weights));
}

TEST(Trainer, ARestartIsATrainingThatWasContinued) {
  const TemporaryFolder folder;
  SmallTraining restarted(folder / "restarted");
  restarted.specification.training.schedule = "cosine";
  restarted.specification.training.restart_epochs = {2};
  const TrainingResult expected = restarted.run();
  SmallTraining first(folder / "continued");
  first.specification.training.schedule = "cosine";
  first.specification.training.epochs = 2;
  first.run();
  SmallTraining second(folder / "continued");
  second.specification.training.schedule = "cosine";
  second.options.resume = true;
  EXPECT_EQ(bits(second.run().weights), bits(expected.weights));
}

TEST(Trainer, InterruptedInTheMiddleOfAnEpochGoesOnWithTheSameBits) {
  const TemporaryFolder folder;
  WorkerOptions options;
  options.output = folder / "stopped";
  options.interrupt_at = 230;  // two epochs make 192
  EXPECT_EQ(wait_for_worker(start_worker(options)), 130);
  const std::string messages = read_text_file(options.output / "messages");
  EXPECT_NE(messages.find("continue with: stapes train small.toml --resume"), std::string::npos);
  EXPECT_EQ(messages.find("stopped after step 16,"), std::string::npos) << "not within an epoch";

  SmallTraining resumed(options.output);
  EXPECT_NE(message_of(resumed).find("--overwrite"), std::string::npos);
  resumed.options.resume = true;
  const TrainingResult straight = SmallTraining(folder / "straight").run();
  EXPECT_EQ(bits(resumed.run().weights), bits(straight.weights));
}

TEST(Trainer, ACheckpointMustFit) {
  const TemporaryFolder folder;
  SmallTraining small(folder.path());
  small.options.resume = true;
  EXPECT_NE(message_of(small).find("there is no checkpoint"), std::string::npos);
  small.options.resume = false;
  small.specification.training.epochs = 1;
  EXPECT_EQ(message_of(small), "");
  small.options.resume = true;
  small.options.fingerprint = "other";
  EXPECT_NE(message_of(small).find("from another specification"), std::string::npos);
}

TEST(Trainer, AnExampleThatIsNotFiniteIsNamed) {
  const TemporaryFolder folder;
  const SmallTraining small(folder.path());
  const HookedSource source(small.training, [](size_t, size_t index, std::span<float> features) {
    if (index == 17) features[5] = std::numeric_limits<float>::quiet_NaN();
  });
  try {
    train(small.network, small.specification.training, source, small.validation, small.options,
          *alone());
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("example 17"), std::string::npos) << error.what();
  }
}

TEST(Trainer, ALossThatIsNotANumberEndsTraining) {
  const TemporaryFolder folder;
  SmallTraining small(folder.path());
  small.specification.training.optimizer = "sgd";
  small.specification.training.learning_rate = 1e30;
  EXPECT_NE(message_of(small).find("not a number"), std::string::npos);
}

TEST(Trainer, ImpossibleSettingsAreNamed) {
  const TemporaryFolder folder;
  SmallTraining small(folder.path());
  small.specification.training.batch_size = 3;
  EXPECT_NE(message_of(small).find("4 shards"), std::string::npos);
  small.specification.training.batch_size = 12;
  small.specification.training.optimizer = "adem";
  EXPECT_NE(message_of(small).find("did you mean \"adam\"?"), std::string::npos);
}

}  // namespace
}  // namespace stapes::training
