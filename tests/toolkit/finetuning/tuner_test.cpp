#include "toolkit/finetuning/tuner.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/temporary_folder.h"
#include "tests/toolkit/finetuning/small_model.h"
#include "tests/toolkit/training/hooked_source.h"
#include "toolkit/base/interrupt.h"

namespace stapes::finetuning {
namespace {

using test::TemporaryFolder;

struct SmallTuning {
  explicit SmallTuning(const Path& folder, int threads = 2) {
    settings.epochs = 3;
    settings.learning_rate = 2e-3;
    settings.range_learning_rate = 8e-3;
    settings.label_weight = 0.1;
    options.folder = folder;
    options.threads = threads;
    options.fingerprint = "small";
    options.resume_command = "stapes finetune small.toml --resume";
    options.on_epoch = [this](const TuningRow& row, bool) { rows.push_back(row); };
  }

  TuningResult run(const augmentation::ExampleSource& training) {
    const Student student = small.student(quantization::LayerNormForm::kFloat);
    return tune(student, settings, small.specification.training, training,
                inputs_of(small.validation), options);
  }
  TuningResult run() { return run(small.training); }

  SmallModel small;
  FinetuningSettings settings;
  TuningOptions options;
  std::vector<TuningRow> rows;
};

TEST(Tuner, ComesNearerToTheFloatModelWithTheSameBitsForAnyNumberOfThreads) {
  const TemporaryFolder folder;
  SmallTuning one(folder / "one", 1);
  SmallTuning three(folder / "three", 3);
  const TuningResult result = one.run();
  EXPECT_EQ(result.parameters, three.run().parameters);
  ASSERT_EQ(one.rows.size(), 4U);  // epoch 0 is what calibration gave
  EXPECT_LT(one.rows.back().loss, one.rows[1].loss);
  EXPECT_LE(one.rows[static_cast<size_t>(result.best_epoch)].validation.rms_difference,
            one.rows.front().validation.rms_difference);
}

TEST(Tuner, KeepsTheLastEpochWhereThatIsWanted) {
  const TemporaryFolder folder;
  SmallTuning tuning(folder / "last");
  tuning.settings.learning_rate = 0.3;  // makes it worse
  const TuningResult best = tuning.run();
  tuning.options.overwrite = true;
  tuning.settings.best_by = "last";
  const TuningResult last = tuning.run();
  EXPECT_LT(best.best_epoch, 3);
  EXPECT_EQ(last.best_epoch, 3);
  EXPECT_NE(last.parameters, best.parameters);
}

TEST(Tuner, AnEpochTakesAsManyClipsAsAskedFor) {
  const TemporaryFolder folder;
  SmallTuning tuning(folder / "few");
  tuning.settings.epochs = 2;
  tuning.settings.clips = 2 * tuning.small.specification.training.batch_size + 1;
  tuning.run();
  ASSERT_EQ(tuning.rows.size(), 3U);
  EXPECT_EQ(tuning.rows[1].step, 2);
  EXPECT_EQ(tuning.rows[2].step, 4);
}

TEST(TunerDeathTest, InterruptedInAnEpochItGoesOnWithTheSameBits) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const TemporaryFolder folder;
  const Path place = folder / "stopped";
  // A threadsafe death test runs in a process that starts this test anew, with a folder of its own.
  const char* inherited = std::getenv("STAPES_TUNER_TEST");
  const Path stopped = inherited == nullptr ? place : Path(inherited);
  ::setenv("STAPES_TUNER_TEST", stopped.c_str(), 1);
  const auto stop_in_second_epoch = [&] {
    SmallTuning tuning(stopped);
    const training::HookedSource source(tuning.small.training,
                                        [](size_t made, size_t, std::span<float>) {
                                          if (made == 80) request_interrupt();
                                        });
    try {
      tuning.run(source);
    } catch (const Interrupted&) {
      std::exit(130);
    }
    std::exit(0);
  };
  EXPECT_EXIT(stop_in_second_epoch(), testing::ExitedWithCode(130),
              "continue with: stapes finetune");
  ::unsetenv("STAPES_TUNER_TEST");

  SmallTuning resumed(stopped);
  resumed.options.resume = true;
  const TuningResult after = resumed.run();
  EXPECT_LT(resumed.rows.size(), 4U);
  EXPECT_EQ(after.parameters, SmallTuning(folder / "straight").run().parameters);
}

}  // namespace
}  // namespace stapes::finetuning
