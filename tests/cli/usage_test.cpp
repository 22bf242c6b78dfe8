// The command line itself: misspelt commands and options, missing arguments, and `stapes new`.
#include <gtest/gtest.h>

#include "tests/support/command.h"
#include "tests/support/temporary_folder.h"
#include "toolkit/base/files.h"

namespace stapes::test {
namespace {

void expect_usage_error(const std::vector<std::string>& arguments, const std::string& part) {
  const CommandResult result = run_stapes(arguments);
  EXPECT_EQ(result.exit_code, 2) << result.output << result.errors;
  EXPECT_EQ(result.errors.find("error: "), 0U) << result.errors;
  EXPECT_NE(result.errors.find(part), std::string::npos) << result.errors;
  EXPECT_EQ(result.errors.find('\n'), result.errors.size() - 1) << result.errors;
}

TEST(Usage, NamesTheNearestCommandAndOption) {
  expect_usage_error({"sumarize", "x.tflite"}, "did you mean \"summarize\"?");
  expect_usage_error({"dataset", "fetsh"}, "did you mean \"fetch\"?");
  expect_usage_error({"dataset"}, "synthesize");
  expect_usage_error({"features", "x.wav", "--outptu", "x.csv"}, "did you mean \"--output\"?");
  expect_usage_error({"evaluate", "x.tflite", "--spec", "x.toml", "y.tflite"}, "too many");
  expect_usage_error({"evaluate"}, "MODEL is required");
  expect_usage_error({"new", "x"}, "--words is required");
}

TEST(Usage, HelpOfEveryCommand) {
  for (const char* command : {"new", "dataset", "features", "quantize", "evaluate", "summarize",
                              "run", "params", "classify"}) {
    const CommandResult result = run_stapes({command, "--help"});
    EXPECT_EQ(result.exit_code, 0) << command;
    EXPECT_NE(result.output.find("Usage: stapes " + std::string(command)), std::string::npos)
        << result.output;
    EXPECT_EQ(result.output.find(" in ["), std::string::npos) << result.output;
  }
}

TEST(New, WritesASpecificationOnceAndSaysHowToGoOn) {
  const TemporaryFolder folder;
  const Path file = folder / "door.toml";
  const CommandResult first = run_stapes({"new", folder / "door", "--words", "open,close"});
  ASSERT_EQ(first.exit_code, 0) << first.errors;
  for (const char* command : {"dataset synthesize", "train", "quantize", "evaluate", "classify"}) {
    EXPECT_NE(first.output.find("stapes " + std::string(command)), std::string::npos) << command;
  }
  const std::string text = read_text_file(file);
  EXPECT_NE(text.find("keywords = [\"open\", \"close\"]"), std::string::npos) << text;
  const CommandResult second = run_stapes({"new", file, "--words", "yes,no"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_NE(second.errors.find("--force"), std::string::npos) << second.errors;
  EXPECT_EQ(read_text_file(file), text);
  EXPECT_EQ(run_stapes({"new", folder / "one", "--words", "yes,yes"}).exit_code, 1);
}

}  // namespace
}  // namespace stapes::test
