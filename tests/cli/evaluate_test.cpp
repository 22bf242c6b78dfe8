// `stapes evaluate` as a user calls it, with a model whose answers are known.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/command.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"
#include "tests/support/tones.h"
#include "toolkit/base/files.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::test {
namespace {

using Json = nlohmann::ordered_json;

class EvaluateCommand : public testing::Test {
 protected:
  EvaluateCommand() {
    write_tiny_model(model);
    for (int i = 0; i < 4; ++i) {
      const std::string number = std::to_string(i);
      audio::write_audio(data / ("high/" + number + ".wav"), tone(5000.0 + 200.0 * i, 0.2));
      audio::write_audio(data / ("low/" + number + ".wav"), tone(250.0 + 20.0 * i, 0.2));
      audio::write_audio(data / ("hush/" + number + ".wav"), silence(0.2));
    }
    // One clip that is not what its folder says.
    audio::write_audio(data / "low/wrong.wav", tone(5500.0, 0.2));
  }

  TemporaryFolder folder;
  const Path model = folder / "tiny_int8.tflite";
  const Path data = folder / "words";
};

TEST_F(EvaluateCommand, PrintsOneJsonObject) {
  const CommandResult result = run_stapes({"evaluate", model, "--dataset", data, "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  const Json json = Json::parse(result.output);
  EXPECT_EQ(json["name"], "tiny_int8");
  EXPECT_EQ(json["clips"], 13);
  EXPECT_DOUBLE_EQ(json["overall_accuracy"], 12.0 / 13.0);
  EXPECT_DOUBLE_EQ(json["balanced_accuracy"], (1.0 + 0.8 + 1.0) / 3.0);
  EXPECT_DOUBLE_EQ(json["keyword_accuracy"], 8.0 / 9.0);
  EXPECT_EQ(json["class_accuracies"], (Json{1.0, 0.8, 1.0}));
  EXPECT_EQ(json["confusion_matrix"], (Json{{4, 0, 0}, {1, 4, 0}, {0, 0, 4}}));
  EXPECT_EQ(json["roc_auc"].size(), 3U);
  EXPECT_FALSE(json.contains("agreement"));
}

TEST_F(EvaluateCommand, WritesTextFilesAndPicturesAndFindsTheFloatModel) {
  write_tiny_model(folder / "tiny_float.tflite");
  const Path output = folder / "results";
  const CommandResult result =
      run_stapes({"evaluate", model, "--dataset", data, "--output", output});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(result.output.find("Name: tiny_int8\nModel Type: classification\n"
                               "Overall accuracy: 92.308%\nClass accuracies:\n- high = 100.000%\n"
                               "- _unknown_ = 100.000%\n- low = 80.000%\nAverage ROC AUC: "),
            0U)
      << result.output;
  EXPECT_NE(result.output.find("Same decision as tiny_float: 100.00%"), std::string::npos);
  EXPECT_NE(result.output.find("clean: tiny_int8 decides 0 of "), std::string::npos);
  EXPECT_NE(
      result.output.find("otherwise than tiny_float: 0 of them become right, 0 wrong, which is "
                         "within chance"),
      std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(output / "eval-results.json"));
  EXPECT_TRUE(std::filesystem::exists(output / "tiny_int8-confusion_matrix.png"));
  EXPECT_TRUE(std::filesystem::exists(output / "tiny_float-eval-results.json"));
}

TEST_F(EvaluateCommand, SaysInOneLineWhatIsMissing) {
  const CommandResult usage = run_stapes({"evaluate", model});
  EXPECT_EQ(usage.exit_code, 2);
  const CommandResult noise =
      run_stapes({"evaluate", model, "--dataset", data, "--noise", "10", "--json"});
  EXPECT_EQ(noise.exit_code, 1);
  EXPECT_NE(noise.errors.find("noise"), std::string::npos) << noise.errors;
  const CommandResult nothing =
      run_stapes({"evaluate", model, "--dataset", folder / "none", "--json"});
  EXPECT_EQ(nothing.exit_code, 1);
  graph::write_tflite(folder / "bare.tflite", tiny_graph());
  const CommandResult bare =
      run_stapes({"evaluate", folder / "bare.tflite", "--dataset", data, "--json"});
  EXPECT_EQ(bare.exit_code, 1);
  EXPECT_NE(bare.errors.find("classes"), std::string::npos) << bare.errors;
}

}  // namespace
}  // namespace stapes::test
