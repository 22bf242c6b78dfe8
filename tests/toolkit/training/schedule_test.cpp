#include "toolkit/training/schedule.h"

#include <gtest/gtest.h>

#include "toolkit/base/error.h"

namespace stapes::training {
namespace {

TEST(Schedule, CosineRisesAndFalls) {
  TrainingSettings settings;
  settings.epochs = 10;
  settings.learning_rate = 1.0;
  settings.warmup_epochs = 2;
  settings.final_learning_rate = 0.1;
  const Schedule schedule(settings, 5);
  EXPECT_EQ(schedule.total_steps(), 50);
  EXPECT_DOUBLE_EQ(schedule.learning_rate(0), 0.1);
  EXPECT_DOUBLE_EQ(schedule.learning_rate(9), 1.0);
  EXPECT_DOUBLE_EQ(schedule.learning_rate(10), 1.0);
  EXPECT_DOUBLE_EQ(schedule.learning_rate(30), 0.55);
  EXPECT_NEAR(schedule.learning_rate(50), 0.1, 1e-12);
}

// As a training of 4 epochs that is continued to 6, and then to 10.
TEST(Schedule, RestartsAreThoseOfContinuedTrainings) {
  TrainingSettings settings;
  settings.learning_rate = 1.0;
  settings.epochs = 10;
  settings.restart_epochs = {4, 6};
  const Schedule schedule(settings, 5);
  settings.restart_epochs = {};
  for (int64_t step = 0; step < 50; ++step) {
    settings.epochs = step < 20 ? 4 : step < 30 ? 6 : 10;
    EXPECT_EQ(schedule.learning_rate(step), Schedule(settings, 5).learning_rate(step)) << step;
  }
  EXPECT_GT(schedule.learning_rate(20), schedule.learning_rate(19));
}

// The reference's scheduler: step n (from 1) has the first listed rate whose cumulative bound is
// at least n, and training ends after the last.
TEST(Schedule, StepsAndTheirEnd) {
  TrainingSettings settings;
  settings.epochs = 9999;
  settings.schedule = "steps";
  settings.steps = {{5, 0.1}, {3, 0.2}};
  const Schedule schedule(settings, 4);
  EXPECT_EQ(schedule.total_steps(), 8);
  EXPECT_DOUBLE_EQ(schedule.learning_rate(4), 0.1);
  EXPECT_DOUBLE_EQ(schedule.learning_rate(5), 0.2);
  EXPECT_DOUBLE_EQ(schedule.learning_rate(7), 0.2);
}

TEST(Schedule, MistakesAreNamed) {
  TrainingSettings settings;
  settings.schedule = "cosin";
  EXPECT_THROW(Schedule(settings, 4), Error);
  settings.schedule = "steps";
  EXPECT_THROW(Schedule(settings, 4), Error);
}

}  // namespace
}  // namespace stapes::training
