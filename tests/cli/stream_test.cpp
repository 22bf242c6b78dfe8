// `stapes stream` as a user calls it.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/command.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_stream_model.h"
#include "tests/support/tones.h"
#include "toolkit/base/files.h"

namespace stapes::test {
namespace {

class StreamCommand : public testing::Test {
 protected:
  StreamCommand() {
    graph::Graph graph = tiny_stream_graph();
    graph::store_parameters(graph, tiny_stream_parameters());
    graph::write_tflite(model, graph);
    audio::Clip clip = silence(0.5);
    append(clip, tone(5000.0, 0.3));
    append(clip, silence(0.8));
    append(clip, tone(300.0, 0.3));
    audio::write_audio(wav, clip);
  }

  TemporaryFolder folder;
  const Path model = folder / "tiny.tflite";
  const Path wav = folder / "tones.wav";
};

TEST_F(StreamCommand, DetectsWhatClassifyDetects) {
  const CommandResult stream = run_stapes({"stream", model, "--wav", wav});
  ASSERT_EQ(stream.exit_code, 0) << stream.errors;
  const CommandResult classify = run_stapes({"classify", model, "--wav", wav, "--latency", "10"});
  EXPECT_EQ(stream.output, classify.output);
  EXPECT_NE(stream.output.find("label=high"), std::string::npos);
  EXPECT_NE(stream.output.find("label=low"), std::string::npos);
}

// A line per frame, from the first on for which there is an output.
TEST_F(StreamCommand, ShowsTheScoresOfEveryFrame) {
  const CommandResult stream = run_stapes({"stream", model, "--wav", wav, "--verbose", "--json"});
  ASSERT_EQ(stream.exit_code, 0) << stream.errors;
  const CommandResult classify =
      run_stapes({"classify", model, "--wav", wav, "--verbose", "--json", "--latency", "10"});
  ASSERT_LT(stream.output.size(), classify.output.size());
  EXPECT_EQ(stream.output, classify.output.substr(classify.output.size() - stream.output.size()));
  EXPECT_NE(stream.output.find("\"time_ms\":115,"), std::string::npos);
  EXPECT_EQ(stream.output.find("\"time_ms\":105,"), std::string::npos);
}

TEST_F(StreamCommand, SaysInOneLineWhatCantStream) {
  write_tiny_model(folder / "window.tflite");
  const CommandResult flat = run_stapes({"stream", folder / "window.tflite", "--wav", wav});
  EXPECT_EQ(flat.exit_code, 1);
  EXPECT_NE(flat.errors.find("RESHAPE"), std::string::npos) << flat.errors;
  EXPECT_NE(flat.errors.find("mixes the time steps"), std::string::npos) << flat.errors;
  EXPECT_EQ(std::count(flat.errors.begin(), flat.errors.end(), '\n'), 1);

  graph::Graph graph = tiny_stream_graph();
  graph::store_parameters(graph, tiny_parameters());  // normalized over the window
  graph::write_tflite(folder / "normalized.tflite", graph);
  const CommandResult normalized =
      run_stapes({"stream", folder / "normalized.tflite", "--wav", wav});
  EXPECT_EQ(normalized.exit_code, 1);
  EXPECT_NE(normalized.errors.find("rescale"), std::string::npos) << normalized.errors;
  EXPECT_EQ(run_stapes({"stream", model}).exit_code, 2);
}

}  // namespace
}  // namespace stapes::test
