#include "toolkit/training/trainer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/temporary_folder.h"
#include "tests/toolkit/training/small_training.h"
#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"

namespace stapes::training {
namespace {

using test::TemporaryFolder;

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

// Asks to stop while example number `at` is made.
class InterruptingSource final : public augmentation::ExampleSource {
 public:
  InterruptingSource(const SyntheticSource& source, int at) : source_(source), left_(at) {}
  size_t size() const override { return source_.size(); }
  size_t values_per_example() const override { return source_.values_per_example(); }
  const std::vector<std::string>& classes() const override { return source_.classes(); }
  std::vector<size_t> class_counts() const override { return source_.class_counts(); }
  int fill(uint64_t epoch, size_t index, std::span<float> features) const override {
    if (--left_ == 0) request_interrupt();
    return source_.fill(epoch, index, features);
  }

 private:
  const SyntheticSource& source_;
  mutable std::atomic<int> left_;
};

TEST(Trainer, InterruptedInTheMiddleOfAnEpochGoesOnWithTheSameBits) {
  const TemporaryFolder folder;
  const TrainingResult straight = SmallTraining(folder / "straight").run();
  SmallTraining small(folder / "stopped");
  EXPECT_EXIT(
      {
        const InterruptingSource source(small.training, 200);
        try {
          train(small.network, small.specification.training, source, small.validation,
                small.options, *alone());
        } catch (const Interrupted&) {
          std::exit(130);
        }
        std::exit(0);
      },
      testing::ExitedWithCode(130), "continue with: stapes train small.toml --resume");
  small.options.resume = true;
  EXPECT_EQ(bits(small.run().weights), bits(straight.weights));
}

std::string message_of(const SmallTraining& small) {
  try {
    small.run();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Trainer, AnUnfinishedTrainingIsNotOverwrittenByAccident) {
  const TemporaryFolder folder;
  SmallTraining small(folder.path());
  EXPECT_EXIT(
      {
        const InterruptingSource source(small.training, 200);
        try {
          train(small.network, small.specification.training, source, small.validation,
                small.options, *alone());
        } catch (const Interrupted&) {
          std::exit(130);
        }
      },
      testing::ExitedWithCode(130), "");
  EXPECT_NE(message_of(small).find("--overwrite"), std::string::npos);
  small.options.overwrite = true;
  EXPECT_EQ(message_of(small), "");
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

class NotANumberSource final : public augmentation::ExampleSource {
 public:
  explicit NotANumberSource(const SyntheticSource& source) : source_(source) {}
  size_t size() const override { return source_.size(); }
  size_t values_per_example() const override { return source_.values_per_example(); }
  const std::vector<std::string>& classes() const override { return source_.classes(); }
  std::vector<size_t> class_counts() const override { return source_.class_counts(); }
  int fill(uint64_t epoch, size_t index, std::span<float> features) const override {
    const int label = source_.fill(epoch, index, features);
    if (index == 17) features[5] = std::numeric_limits<float>::quiet_NaN();
    return label;
  }

 private:
  const SyntheticSource& source_;
};

TEST(Trainer, AnExampleThatIsNotFiniteIsNamed) {
  const TemporaryFolder folder;
  const SmallTraining small(folder.path());
  const NotANumberSource source(small.training);
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
