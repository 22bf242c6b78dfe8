// stapes summarize, params, run.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/command.h"
#include "tests/support/reference_data.h"
#include "tests/support/temporary_folder.h"
#include "tests/toolkit/graph/small_graph.h"
#include "toolkit/base/npy.h"
#include "toolkit/graph/executor.h"
#include "toolkit/graph/parameters.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes {
namespace {

using test::CommandResult;
using test::run_stapes;

class Models : public ::testing::Test {
 protected:
  Models() {
    graph::Graph graph = graph::example::small_graph();
    graph.metadata.clear();
    write_tflite(model_, graph);
  }

  // One line, exit code 1, and the file as it was.
  void expect_error(const std::vector<std::string>& arguments, const std::string& part) {
    const Bytes before = read_file(model_);
    const CommandResult result = run_stapes(arguments);
    EXPECT_EQ(result.exit_code, 1) << result.output;
    EXPECT_NE(result.errors.find(part), std::string::npos) << result.errors;
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
    EXPECT_EQ(read_file(model_), before);
  }

  std::string array(const std::string& name, const std::vector<int64_t>& shape, float step) {
    int64_t count = 1;
    for (const int64_t dimension : shape) count *= dimension;
    std::vector<float> values(static_cast<size_t>(count));
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = step * static_cast<float>(i % 7) - 0.5F;
    }
    write_npy(folder_ / name, shape, values);
    return (folder_ / name).string();
  }

  test::TemporaryFolder folder_;
  Path model_ = folder_ / "model.tflite";
};

TEST_F(Models, SummarizeShowsOperatorsAndTotals) {
  const CommandResult result = run_stapes({"summarize", model_.string()});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  for (const char* part :
       {"conv_2d", "unidirectional_sequence_lstm", "8x1x4 (float32)", "Total MACs: 303.000 ",
        "LSTM MACs (not in the total): 880.000 ", "Name: model", "Description: a small model",
        "Runtime memory size (RAM): ", ".tflite file size: "}) {
    EXPECT_NE(result.output.find(part), std::string::npos) << part << "\n" << result.output;
  }
}

TEST_F(Models, SummarizeAsJsonIntoAFile) {
  const Path output = folder_ / "summary.json";
  const CommandResult result =
      run_stapes({"summarize", model_.string(), "--json", "-o", output.string()});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  const std::string text = read_text_file(output);
  EXPECT_NE(text.find("\"macs\": 303,"), std::string::npos) << text;
  EXPECT_NE(text.find("\"operator\": \"SOFTMAX\""), std::string::npos) << text;
}

TEST_F(Models, ParamsAreSetShownAndErased) {
  CommandResult result = run_stapes({"params", model_.string(), "classes=[yes,no,_unknown_]",
                                     "minimum_count=3", "gain=0.5", "--description", "Words"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  result = run_stapes({"params", model_.string()});
  EXPECT_NE(result.output.find("Description: Words\n"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("classes: yes, no, _unknown_\n"), std::string::npos);
  EXPECT_NE(result.output.find("minimum_count: 3\n"), std::string::npos);
  const Path changed = folder_ / "changed.tflite";
  result = run_stapes({"params", model_.string(), "--erase", "gain", "-o", changed.string()});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_FALSE(graph::read_parameters(graph::read_tflite(changed)).contains("gain"));
  EXPECT_TRUE(graph::read_parameters(graph::read_tflite(model_)).contains("gain"));
}

TEST_F(Models, ParamsErrorsLeaveTheModelAsItIs) {
  run_stapes({"params", model_.string(), "minimum_count=3"});
  expect_error({"params", model_.string(), "--erase", "minimum_cout"}, "\"minimum_count\"");
  EXPECT_EQ(run_stapes({"params", model_.string(), "nonsense"}).exit_code, 2);
  expect_error({"params", (folder_ / "missing.tflite").string(), "a=1"}, "missing.tflite");
}

TEST_F(Models, RunTakesOneInputOrABatch) {
  const std::string one = array("one.npy", {8, 4}, 0.1F);
  const std::string output = (folder_ / "scores.npy").string();
  CommandResult result = run_stapes({"run", model_.string(), "--input", one, "--output", output});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  const NpyArray scores = read_npy(output);
  EXPECT_EQ(scores.shape, (std::vector<int64_t>{1, 3}));

  graph::Executor executor(graph::read_tflite(model_));
  executor.set_input(0, std::span<const float>(read_npy(one).to_float()));
  executor.invoke();
  EXPECT_EQ(scores.to_float(), executor.output_as_float(0));

  std::vector<float> twice = read_npy(one).to_float();
  twice.insert(twice.end(), twice.begin(), twice.end());
  write_npy(folder_ / "two.npy", {2, 8, 1, 4}, twice);
  const std::string two = (folder_ / "two.npy").string();
  run_stapes({"run", model_.string(), "--input", two, "--output", output});
  const std::vector<float> reset = read_npy(output).to_float();
  EXPECT_EQ(read_npy(output).shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(reset[0], reset[3]);
  run_stapes({"run", model_.string(), "--input", two, "--output", output, "--carry-state"});
  const std::vector<float> carried = read_npy(output).to_float();
  EXPECT_EQ(carried[0], reset[0]);
  EXPECT_NE(carried[3], reset[3]);
}

TEST_F(Models, RunWritesEveryTensor) {
  const Path tensors = folder_ / "tensors";
  const CommandResult result =
      run_stapes({"run", model_.string(), "--input", array("x.npy", {1, 8, 1, 4}, 0.2F),
                  "--all-tensors", tensors.string()});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(read_npy(tensors / "t3_conv.npy").shape, (std::vector<int64_t>{1, 4, 1, 6}));
  EXPECT_TRUE(std::filesystem::exists(tensors / "t6_lstm_0_w.npy"));
}

TEST_F(Models, RunSaysBothShapesThatDoNotFit) {
  const std::string wrong = array("wrong.npy", {8, 5}, 0.1F);
  const std::string output = (folder_ / "y.npy").string();
  for (const char* shape : {" 8x5 ", " 1x8x1x4 "}) {
    expect_error({"run", model_.string(), "--input", wrong, "--output", output}, shape);
  }
  expect_error({"run", model_.string(), "--input", model_.string(), "--output", output},
               "not a .npy file");
  EXPECT_EQ(run_stapes({"run", model_.string(), "--input", wrong}).exit_code, 2);
}

TEST_F(Models, DamagedModelsAreErrorsInOneLine) {
  Bytes bytes = read_file(model_);
  bytes.resize(bytes.size() / 2);
  write_file(model_, bytes);
  expect_error({"summarize", model_.string()}, "damaged or truncated");
  write_file(model_, {});
  expect_error({"summarize", model_.string()}, "it is empty");
}

}  // namespace
}  // namespace stapes
