#include "toolkit/training/train_command.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/support/temporary_folder.h"
#include "toolkit/audio/read.h"
#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"
#include "toolkit/graph/parameters.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/specification/trained_with.h"

namespace stapes::training {
namespace {

// Tones of two heights, "spoken" by ten people each.
class TrainCommandTest : public testing::Test {
 protected:
  TrainCommandTest() {
    for (const int hertz : {440, 1760}) {
      for (uint64_t clip = 0; clip < 40; ++clip) {
        Random random(static_cast<uint64_t>(hertz), Purpose::kTest, 0, clip);
        const double pitch = hertz * random.uniform(0.9, 1.1);
        audio::Clip sound;
        for (int i = 0; i < 8000; ++i) {
          const double wave = std::sin(2 * std::numbers::pi * pitch * i / 16000);
          sound.samples.push_back(static_cast<float>(0.3 * wave + 0.02 * random.normal()));
        }
        audio::write_audio(folder_ / fmt::format("data/tone{}/speaker{}_nohash_{}.wav", hertz,
                                                 clip % 10, clip / 10),
                           sound);
      }
    }
    write_text_file(folder_ / "tones.toml",
                    "version = 1\ndescription = \"Two tones\"\n"
                    "[classes]\nkeywords = [\"tone440\", \"tone1760\"]\n"
                    "[data]\nroot = \"data\"\n[[data.sources]]\npath = \".\"\n"
                    "[data.unknown]\nlabel = \"\"\n"
                    "[[network.layers]]\ntype = \"conv2d\"\nchannels = 4\nkernel = [3, 1]\n"
                    "stride = [8, 1]\n[[network.layers]]\ntype = \"batch_norm\"\n"
                    "[[network.layers]]\ntype = \"relu\"\n[[network.layers]]\ntype = \"flatten\"\n"
                    "[[network.layers]]\ntype = \"dense\"\n[[network.layers]]\ntype = \"softmax\"\n"
                    "[training]\nbatch_size = 8\nepochs = 3\nlearning_rate = 0.01\n"
                    "schedule = \"constant\"\n");
  }

  TrainCommand command(const std::string& output) const {
    TrainCommand command;
    command.specification = folder_ / "tones.toml";
    command.output = folder_ / output;
    command.threads = 2;
    return command;
  }

  test::TemporaryFolder folder_;
};

TEST_F(TrainCommandTest, FromRecordingsToAModelThatKnowsItsLabels) {
  run_train_command(command("out"));
  const graph::Graph graph = graph::read_tflite(folder_ / "out/tones_float.tflite");
  EXPECT_EQ(graph.description, "Two tones");
  EXPECT_EQ(graph::read_parameters(graph).text_list("classes"),
            (std::vector<std::string>{"tone440", "tone1760"}));
  const std::string history = read_text_file(folder_ / "out/train/history.csv");
  EXPECT_EQ(history.substr(0, 5), "epoch");
}

TEST_F(TrainCommandTest, NotesBesideTheModelWhatItWasCalledWith) {
  TrainCommand with = command("out");
  with.overrides = {"training.epochs=1", "description=\"A \\\"quoted\\\" one\""};
  with.data = folder_ / "data";
  run_train_command(with);
  for (const char* name : {"out/tones_float.tflite", "out/tones_int8.tflite"}) {
    const std::optional<TrainedWith> noted = noted_training(folder_ / name);
    ASSERT_TRUE(noted.has_value());
    EXPECT_EQ(noted->specification, folder_ / "tones.toml");
    EXPECT_EQ(noted->overrides, with.overrides);
    EXPECT_EQ(noted->data, folder_ / "data");
  }
  EXPECT_FALSE(noted_training(folder_ / "out/other_float.tflite").has_value());
  EXPECT_FALSE(noted_training(folder_ / "tones_float.tflite").has_value());

  Path specification;
  Path data = "mine";
  std::vector<std::string> overrides{"training.seed=2"};
  EXPECT_TRUE(
      take_noted_training(folder_ / "out/tones_float.tflite", specification, overrides, data));
  EXPECT_EQ(specification, folder_ / "tones.toml");
  EXPECT_EQ(overrides.size(), 3U);
  EXPECT_EQ(overrides.back(), "training.seed=2");  // what the command itself was told counts
  EXPECT_EQ(data, "mine");
}

TEST_F(TrainCommandTest, AResumedTrainingWritesTheSameFile) {
  run_train_command(command("straight"));
  TrainCommand part = command("parts");
  part.epochs = 1;
  run_train_command(part);
  part.epochs = 0;
  part.resume = true;
  run_train_command(part);
  EXPECT_EQ(read_file(folder_ / "parts/tones_float.tflite"),
            read_file(folder_ / "straight/tones_float.tflite"));
}

TEST_F(TrainCommandTest, UnusableFilesAreListedAndLeftOut) {
  audio::Clip broken;
  broken.samples.assign(8000, 0.1F);
  const Path flac = folder_ / "data/tone440/speaker3_nohash_90.flac";
  audio::write_audio(flac, broken);
  Bytes bytes = read_file(flac);
  bytes.resize(bytes.size() / 2);
  write_file(flac, bytes);
  const Path wave = folder_ / "data/tone1760/speaker4_nohash_90.wav";
  audio::write_audio(wave, broken);
  bytes = read_file(wave);
  bytes.resize(bytes.size() - 5000);
  write_file(wave, bytes);

  TrainCommand once = command("out");
  once.epochs = 1;
  testing::internal::CaptureStderr();
  run_train_command(once);
  const std::string messages = testing::internal::GetCapturedStderr();
  EXPECT_NE(messages.find("2 files are skipped"), std::string::npos) << messages;
  EXPECT_NE(messages.find(flac.string() + ": "), std::string::npos) << messages;
  EXPECT_NE(messages.find(wave.string() + ": "), std::string::npos) << messages;
}

TEST_F(TrainCommandTest, AutoResumeStartsContinuesAndStartsAnew) {
  TrainCommand automatic = command("out");
  automatic.auto_resume = true;
  automatic.epochs = 1;
  run_train_command(automatic);
  automatic.epochs = 2;
  run_train_command(automatic);
  automatic.overrides = {"training.seed=5"};  // another specification
  run_train_command(automatic);
  automatic.auto_resume = false;
  automatic.resume = true;
  automatic.overrides = {"training.seed=6"};
  EXPECT_THROW(run_train_command(automatic), Error);
}

}  // namespace
}  // namespace stapes::training
