#include "toolkit/specification/specification.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/temporary_folder.h"
#include "toolkit/base/error.h"
#include "toolkit/specification/finetuning_settings.h"
#include "toolkit/specification/template.h"

namespace stapes {
namespace {

const char* const kMinimal = R"(
[classes]
keywords = ["yes", "no"]
)";

std::string message_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
  try {
    parse_specification(text, "test", overrides);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

TEST(Specification, MinimalFileHasDefaults) {
  const Specification s = parse_specification(kMinimal, "test");
  EXPECT_EQ(s.name, "test");
  EXPECT_EQ(s.classes(), (std::vector<std::string>{"yes", "no", "_unknown_"}));
  EXPECT_EQ(s.unknown_class(), 2);
  EXPECT_EQ(s.features.front_end.window_size_ms, 25);
  EXPECT_EQ(s.training.batch_size, 64);
}

TEST(Specification, ShippedSpecificationsAreRead) {
  const Path models = Path(STAPES_SOURCE_FOLDER) / "models";
  const Specification numbers = read_specification(models / "tutorial_numbers.toml");
  EXPECT_EQ(numbers.classes().size(), 11U);
  EXPECT_EQ(numbers.features.front_end.frames(), 98);
  EXPECT_EQ(numbers.detector.detection_threshold, 242);  // int(.95 * 255)
  int64_t steps = 0;
  for (const auto& step : numbers.training.steps) steps += step.steps;
  EXPECT_EQ(steps, 155000);  // the tutorial's schedule
  EXPECT_EQ(read_specification(models / "commands12.toml").classes().size(), 13U);
  const Specification small = read_specification(models / "commands12_small.toml");
  EXPECT_EQ(small.training.distillation.teachers.size(), 1U);
  EXPECT_EQ(small.training.distillation.specification, "commands12.toml");
  EXPECT_EQ(read_specification(models / "keyword_spotting_numbers.toml").classes().size(), 11U);
  const Specification ds_cnn = read_specification(models / "ds_cnn_commands12.toml");
  EXPECT_EQ(ds_cnn.name, "ds_cnn_commands12");
  EXPECT_EQ(ds_cnn.classes().size(), 13U);
  EXPECT_EQ(ds_cnn.network.layers.size(), 5U);
}

TEST(Specification, UnknownKeysNameTheNearest) {
  const std::string message = message_of(std::string(kMinimal) + "[training]\nepoch = 3\n");
  EXPECT_NE(message.find("training.epoch"), std::string::npos) << message;
  EXPECT_NE(message.find("did you mean \"epochs\"?"), std::string::npos) << message;
  EXPECT_NE(message.find("line 5"), std::string::npos) << message;
  EXPECT_NE(message_of(std::string(kMinimal) + "[trainings]\nx = 1\n").find("\"training\""),
            std::string::npos);
  EXPECT_NE(message_of(std::string(kMinimal) + "[frontend]\npcan = true\n").find("frontend.pcan"),
            std::string::npos);
}

TEST(Specification, WrongTypesAndLimits) {
  const std::string base = kMinimal;
  EXPECT_NE(message_of(base + "[training]\nepochs = \"3\"\n").find("it is a string"),
            std::string::npos);
  EXPECT_NE(message_of(base + "[training]\nepochs = 0\n").find("outside of 1"), std::string::npos);
  EXPECT_NE(message_of(base + "[training]\nlearning_rate = nan\n").find("outside"),
            std::string::npos);
  EXPECT_NE(message_of(base + "[training]\noptimizer = \"adm\"\n").find("\"adam\""),
            std::string::npos);
  EXPECT_NE(message_of(base + "[augmentation]\ngain_db = [3, 1]\n").find("larger"),
            std::string::npos);
  EXPECT_NE(message_of(base + "[quantization]\nrepresentative_noise_db = [10, 99]\n")
                .find("99 is outside of -20"),
            std::string::npos);
  EXPECT_NE(message_of(base + "[frontend]\npcan_enable = true\n").find("noise_reduction_enable"),
            std::string::npos);
  EXPECT_NE(message_of("[classes]\nkeywords = []\n").find("there are none"), std::string::npos);
  EXPECT_NE(
      message_of("[classes]\nkeywords = [\"a\"]\n[data.unknown]\nlabel=\"\"").find("one class"),
      std::string::npos);
  EXPECT_NE(message_of("[classes]\nkeywords = [\"a\", \"a\"]\n").find("twice"), std::string::npos);
  EXPECT_NE(message_of("[classes\n").find("line 1"), std::string::npos);
}

TEST(Specification, Overrides) {
  const Specification s = parse_specification(
      kMinimal, "test",
      {"training.epochs=7", "training.schedule=constant", "data.unknown.label=\"_other_\""});
  EXPECT_EQ(s.training.epochs, 7);
  EXPECT_EQ(s.training.schedule, "constant");
  EXPECT_EQ(s.classes().back(), "_other_");
  EXPECT_NE(message_of(kMinimal, {"training.epoch=7"}).find("epochs"), std::string::npos);
  EXPECT_THROW(parse_specification(kMinimal, "test", {"training"}), UsageError);
}

TEST(Specification, ExtendsAnotherFile) {
  const test::TemporaryFolder folder;
  write_text_file(folder / "base.toml",
                  std::string(kMinimal) + "[training]\nepochs = 5\nseed = 9\n");
  write_text_file(folder / "more.toml", "extends = \"base.toml\"\n[training]\nepochs = 6\n");
  const Specification s = read_specification(folder / "more.toml");
  EXPECT_EQ(s.training.epochs, 6);
  EXPECT_EQ(s.training.seed, 9U);
  EXPECT_EQ(s.keywords.size(), 2U);
  write_text_file(folder / "circle.toml", "extends = \"circle.toml\"\n");
  EXPECT_THROW(read_specification(folder / "circle.toml"), Error);
  write_text_file(folder / "lost.toml", "extends = \"nowhere.toml\"\n");
  EXPECT_THROW(read_specification(folder / "lost.toml"), Error);
}

TEST(Specification, TemplateIsReadable) {
  const Specification s =
      parse_specification(specification_template("door", {"open", "close"}), "door");
  EXPECT_EQ(s.keywords, (std::vector<std::string>{"open", "close"}));
  EXPECT_EQ(s.network.layers.size(), 9U);
}

TEST(Specification, FingerprintCoversWhatIsTrained) {
  const auto print = [](const std::vector<std::string>& overrides) {
    return fingerprint(parse_specification(kMinimal, "test", overrides));
  };
  EXPECT_EQ(print({}), print({}));
  EXPECT_EQ(print({}), print({"detector.minimum_count=5"}));
  EXPECT_NE(print({}), print({"training.seed=5"}));
  EXPECT_NE(print({}), print({"frontend.window_size_ms=30"}));
}

TEST(Specification, FinetuningIsReadApartAndCheckedWithTheRest) {
  const test::TemporaryFolder folder;
  const std::string text = "[classes]\nkeywords = [\"a\", \"b\"]\n[finetuning]\nepochs = 5\n";
  write_text_file(folder / "a.toml", text);
  EXPECT_EQ(read_finetuning_settings(folder / "a.toml").epochs, 5);
  EXPECT_EQ(read_finetuning_settings(folder / "a.toml", {"finetuning.epochs=7"}).epochs, 7);
  const Specification with = parse_specification(text, "a");
  EXPECT_EQ(fingerprint(with),
            fingerprint(parse_specification(text + "label_weight = 0.5\n", "a")));
  EXPECT_THROW(parse_specification(text + "epoch = 1\n", "a"), Error);
}

}  // namespace
}  // namespace stapes
