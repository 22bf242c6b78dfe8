// From a model to its thresholds and its card, as a user does it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "tests/support/command.h"
#include "tests/support/tiny_project.h"

namespace stapes::test {
namespace {

using Json = nlohmann::json;

using OperatingPoints = TinyProject;

TEST_F(OperatingPoints, AreFoundWrittenIntoTheModelAndToldOnTheCard) {
  const Path points = folder / "points";
  const std::vector<std::string> find = {"evaluate",
                                         model,
                                         "--spec",
                                         spec,
                                         "--data",
                                         data,
                                         "--operating-points",
                                         "--hours",
                                         "0.02",
                                         "--inference-every",
                                         "40,200",
                                         "-o",
                                         points};
  const CommandResult found = run_stapes(find);
  ASSERT_EQ(found.exit_code, 0) << found.errors;
  EXPECT_NE(found.output.find("chosen on the validation split"), std::string::npos);
  EXPECT_NE(found.output.find("test split: "), std::string::npos) << found.output;
  EXPECT_TRUE(std::filesystem::exists(points / "tiny-operating-points.png"));
  EXPECT_TRUE(std::filesystem::exists(points / "operating-points-curve.csv"));
  const std::string text = read_text_file(points / "operating-points.json");
  const Json json = Json::parse(text);
  EXPECT_TRUE(json["reported_on"]["at_thresholds"]["sounds"].contains("speech"));
  EXPECT_TRUE(json["chosen_on"]["at_thresholds"]["sounds"].contains("speech"));

  EXPECT_NE(found.output.find("an inference every 200 ms"), std::string::npos) << found.output;
  ASSERT_EQ(json["slower_inferences"].size(), 2U);
  const Json& slow = json["slower_inferences"][1]["reported_on"];
  EXPECT_EQ(slow["spoken"], json["reported_on"]["at_thresholds"]["spoken"]);
  EXPECT_EQ(slow["hours"], json["reported_on"]["at_thresholds"]["hours"]);

  // The model says every 20 ms; what lies between is not recorded. Said before the long work.
  std::vector<std::string> too_often = find;
  too_often.back() = folder / "too_often";
  too_often.insert(too_often.end(), {"--inference-every", "10"});
  const CommandResult refused = run_stapes(too_often);
  EXPECT_EQ(refused.exit_code, 2) << refused.errors;
  EXPECT_NE(refused.errors.find("latency_ms of 20"), std::string::npos) << refused.errors;
  EXPECT_FALSE(std::filesystem::exists(folder / "too_often"));

  // Without speech of its own the validation split has none.
  std::vector<std::string> less = find;
  less.back() = folder / "less";
  less.insert(less.end(), {"--set", "evaluation.threshold_speech=[]"});
  ASSERT_EQ(run_stapes(less).exit_code, 0);
  const Json without = Json::parse(read_text_file(folder / "less/operating-points.json"));
  EXPECT_FALSE(without["chosen_on"]["at_thresholds"]["sounds"].contains("speech"));

  // The same again with one thread, and from what was heard before.
  std::vector<std::string> again = find;
  again.insert(again.end(), {"--threads", "1"});
  EXPECT_EQ(run_stapes(again).output, found.output);
  again.back() = "2";
  again[again.size() - 3] = folder / "other";
  EXPECT_EQ(run_stapes(again).output, found.output);
  EXPECT_EQ(read_text_file(folder / "other/operating-points.json"), text);

  std::vector<std::string> common = find;
  common.back() = folder / "common";
  common.emplace_back("--one-threshold");
  ASSERT_EQ(run_stapes(common).exit_code, 0);
  const Json one = Json::parse(read_text_file(folder / "common/operating-points.json"));
  const auto thresholds = one["parameters"]["detection_threshold_list"].get<std::vector<int>>();
  EXPECT_EQ(thresholds, std::vector<int>(thresholds.size(), thresholds.front()));
  EXPECT_LT(thresholds.front(), 255);  // something is detected

  const CommandResult params =
      run_stapes({"params", model, "--operating-points", points / "operating-points.json"});
  ASSERT_EQ(params.exit_code, 0) << params.errors;
  const Json shown = Json::parse(run_stapes({"params", model, "--json"}).output);
  EXPECT_EQ(shown["parameters"]["detection_threshold_list"],
            json["parameters"]["detection_threshold_list"]);

  const CommandResult evaluated =
      run_stapes({"evaluate", model, "--spec", spec, "--data", data, "--noise", "clean,10",
                  "--reference", model, "--json"});
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.errors;
  write_text_file(folder / "evaluation.json", evaluated.output);
  write_text_file(folder / "m4.json", R"({"summary": {"target": "cortex-m4", "flash_bytes": 123456,
    "model_bytes": 1000, "ram_bytes": 2345, "instructions": 7654321, "estimated_seconds": 0.1,
    "clock_hz": 78e6}})");
  write_text_file(folder / "compiled.json", R"({"model": "tiny", "target": "cortex-m4",
    "optimization": "-Os", "code_bytes": 31000, "constants_bytes": 2000, "model_ram_bytes": 700,
    "sound_ram_bytes": 5000, "instructions": 1})");
  write_text_file(folder / "m4-streaming.json", R"({"summary": {"target": "cortex-m4",
    "output_period_frames": 8, "frame_ms": 10.0, "instructions_per_10_ms": 149276.4,
    "worst_frame_instructions": 436626, "window_instructions": 8000000, "arena_bytes": 42784,
    "stack_bytes": 1500, "estimated_load": 0.27, "clock_hz": 78e6}})");
  const CommandResult card = run_stapes(
      {"card", spec, "--evaluation", folder / "evaluation.json", "--operating-points",
       points / "operating-points.json", "--profile", folder / "m4.json", "--compiled",
       folder / "compiled.json", "--streaming", folder / "m4-streaming.json", "--model", model});
  ASSERT_EQ(card.exit_code, 0) << card.errors;
  const std::string readme = read_text_file(folder / "tiny/README.md");
  const char* streaming =
      "| cortex-m4 | 149,276 | 436,626 | 1,000,000 every 80 ms | 42,784 + 1,500 | 27 % of 78 MHz |";
  for (const char* part : {"# tiny\n\nTwo tones.", "- Tones, made here (CC0)", "| tiny, 10 dB |",
                           "| **high** |", "operating-points.png", "7,654,321", "| 200 ms | ",
                           "| cortex-m4, `-Os` | 33,000 (31,000 + 2,000) | 5,700 (700 + 5,000) |",
                           streaming, "- Music.", "make tiny", "In a test.",
                           "![Keywords right over other words refused](refused.png)", " / "}) {
    EXPECT_NE(readme.find(part), std::string::npos) << part << "\n" << readme;
  }
  const Json clean = Json::parse(evaluated.output)["conditions"][0];
  ASSERT_EQ(clean["classes"].back(), "_unknown_");
  const auto others = clean["confusion_matrix"].back().get<std::vector<int>>();
  const int clips = std::accumulate(others.begin(), others.end(), 0);
  ASSERT_GT(clips, 0);
  EXPECT_NE(readme.find(fmt::format("Where no threshold refuses them, {:.1f} (",
                                    100.0 * (clips - others.back()) / clips)),
            std::string::npos)
      << readme;
  EXPECT_NE(readme.find(fmt::format(") % of {} clips of other words", clips)), std::string::npos)
      << readme;
  EXPECT_TRUE(std::filesystem::exists(folder / "tiny/tiny.tflite"));
  EXPECT_TRUE(std::filesystem::exists(folder / "tiny/refused.png"));

  // How a model was made is not how one was made whose specification extends its own.
  write_text_file(folder / "other.toml", "extends = \"tiny.toml\"\n");
  ASSERT_EQ(run_stapes({"card", folder / "other.toml", "--evaluation", folder / "evaluation.json"})
                .exit_code,
            0);
  const std::string other = read_text_file(folder / "other/README.md");
  EXPECT_NE(other.find("Two tones."), std::string::npos);
  EXPECT_NE(other.find("stapes train"), std::string::npos);
  EXPECT_EQ(other.find("make tiny"), std::string::npos);
  EXPECT_EQ(other.find("In a test."), std::string::npos);
}

TEST_F(OperatingPoints, SaysWhatIsWrong) {
  EXPECT_EQ(run_stapes({"evaluate", model, "--spec", data, "--operating-points"}).exit_code, 2);
  EXPECT_EQ(run_stapes({"evaluate", model, "--spec", spec, "--data", data, "--operating-points",
                        "--split", "validation"})
                .exit_code,
            2);
  EXPECT_EQ(run_stapes({"evaluate", model, "--spec", spec, "--hours", "1"}).exit_code, 2);
  write_text_file(folder / "wrong.json", "{}");
  const CommandResult params =
      run_stapes({"params", model, "--operating-points", folder / "wrong.json"});
  EXPECT_EQ(params.exit_code, 1);
  EXPECT_NE(params.errors.find("error: cannot use the operating points"), std::string::npos);
  const CommandResult card = run_stapes({"card", spec, "--evaluation", folder / "wrong.json"});
  EXPECT_EQ(card.exit_code, 1);
  EXPECT_NE(card.errors.find("error: cannot write the card"), std::string::npos) << card.errors;
}

}  // namespace
}  // namespace stapes::test
