// `stapes train` notes beside a model what it was called with, for the commands after it; what they
// make of its clips.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/command.h"
#include "tests/support/tiny_project.h"

namespace stapes::test {
namespace {

using Json = nlohmann::json;
using TrainedWith = TinyProject;

// What `stapes train` notes beside a model saves --spec, --set and --data to the commands after it.
TEST_F(TrainedWith, AModelBesideItsTrainingNeedsNoSpecification) {
  const Path trained = folder / "out/tiny_float.tflite";
  std::filesystem::create_directories(folder / "out");
  std::filesystem::copy_file(model, trained);
  const std::vector<std::string> evaluate{"evaluate", trained, "--no-reference", "--json"};
  EXPECT_EQ(run_stapes(evaluate).exit_code, 2);  // nothing is noted yet
  EXPECT_EQ(run_stapes({"quantize", trained}).exit_code, 2);
  const auto note = [&](const std::string& name, const Path& specification) {
    write_text_file(folder / "out/train/trained_with.toml",
                    "model = \"" + name + "\"\nspecification = \"" + specification.string() +
                        "\"\nset = [\"frontend.sample_length_ms=200\", "
                        "\"frontend.filterbank_n_channels=8\"]\ndata = \"" +
                        data.string() + "\"\n");
  };
  note("tiny", spec);
  const CommandResult evaluated = run_stapes(evaluate);
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.errors;
  EXPECT_NE(evaluated.errors.find("With " + spec.string()), std::string::npos) << evaluated.errors;
  const CommandResult with_options =
      run_stapes({"evaluate", trained, "--spec", spec, "--data", data, "--no-reference", "--json"});
  ASSERT_EQ(with_options.exit_code, 0) << with_options.errors;
  EXPECT_EQ(Json::parse(evaluated.output)["confusion_matrix"],
            Json::parse(with_options.output)["confusion_matrix"]);
  const CommandResult quantized = run_stapes({"quantize", trained});
  ASSERT_EQ(quantized.exit_code, 0) << quantized.errors;
  EXPECT_EQ(run_stapes({"evaluate", folder / "out/tiny_int8.tflite", "--json"}).exit_code, 0);

  note("another", spec);  // the folder was used for another model since
  EXPECT_EQ(run_stapes(evaluate).exit_code, 2);
  note("tiny", folder / "gone.toml");
  const CommandResult gone = run_stapes(evaluate);
  EXPECT_EQ(gone.exit_code, 1);
  EXPECT_NE(gone.errors.find("gone.toml"), std::string::npos) << gone.errors;
  EXPECT_NE(gone.errors.find("give --spec SPEC.toml"), std::string::npos) << gone.errors;
  write_text_file(folder / "out/train/trained_with.toml", "model = ");
  EXPECT_EQ(run_stapes(evaluate).exit_code, 1);
}

// Up to 900 clips choose, however few calibrate.
TEST_F(TrainedWith, ChoosesOnMoreClipsThanCalibrate) {
  const std::vector<std::string> quantize{"quantize", model,
                                          "--spec",   spec,
                                          "--data",   data,
                                          "--set",    "frontend.sample_length_ms=200",
                                          "--set",    "frontend.filterbank_n_channels=8",
                                          "--clips",  "3",
                                          "--output", folder / "made_int8.tflite"};
  const CommandResult quantized = run_stapes(quantize);
  ASSERT_EQ(quantized.exit_code, 0) << quantized.errors;
  EXPECT_NE(quantized.output.find("Tried on 12 inputs"), std::string::npos) << quantized.output;
  EXPECT_NE(quantized.output.find("over 3 inputs"), std::string::npos) << quantized.output;
  // Nothing is left to choose where the model has no layer norms.
  std::vector<std::string> pinned = quantize;
  pinned.insert(pinned.end(), {"--calibration", "mse"});
  const CommandResult one = run_stapes(pinned);
  ASSERT_EQ(one.exit_code, 0) << one.errors;
  EXPECT_EQ(one.output.find("Tried on"), std::string::npos) << one.output;
}

}  // namespace
}  // namespace stapes::test
