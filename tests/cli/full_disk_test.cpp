// What commands do when the disk is full: one line, exit code 1, and what was there is still there.
#include <gtest/gtest.h>

#include "tests/support/command.h"
#include "tests/support/full_disk.h"
#include "tests/support/tones.h"
#include "toolkit/base/files.h"
#include "toolkit/base/npy.h"

namespace stapes::test {
namespace {

constexpr size_t kPage = 4096;

class FullDisk : public testing::Test {
 protected:
  void SetUp() override {
    if (!disk.is_mounted()) GTEST_SKIP() << "mounting a small file system is not permitted";
  }

  void expect_no_space(const std::vector<std::string>& arguments) {
    const CommandResult result = run_stapes(arguments);
    EXPECT_EQ(result.exit_code, 1) << result.output << result.errors;
    const size_t line = result.errors.rfind("error: ");
    ASSERT_NE(line, std::string::npos) << result.errors;
    EXPECT_NE(result.errors.find("free some space", line), std::string::npos) << result.errors;
    EXPECT_EQ(result.errors.find('\n', line), result.errors.size() - 1) << result.errors;
  }

  void write_words() {
    for (int i = 0; i < 8; ++i) {
      const std::string name = "speaker" + std::to_string(i) + "_nohash_0.wav";
      audio::write_audio(words / "high" / name, tone(5000.0 + 100.0 * i, 0.2));
      audio::write_audio(words / "low" / name, tone(250.0 + 20.0 * i, 0.2));
      audio::write_audio(words / "hush" / name, silence(0.2));
    }
  }

  SmallDisk disk;
  TemporaryFolder folder;
  const Path model = folder / "tiny_float.tflite";
  const Path words = folder / "words";
};

TEST_F(FullDisk, Quantize) {
  write_tiny_model(model);
  const std::vector<float> inputs(2 * kTinyFrames * kTinyChannels, 0.5F);
  write_npy(folder / "inputs.npy", {2, kTinyFrames, 1, kTinyChannels}, inputs);
  write_text_file(disk / "tiny_int8.tflite", "what was there");
  disk.leave(0);
  expect_no_space({"quantize", model, "--representative", folder / "inputs.npy", "--output",
                   disk / "tiny_int8.tflite"});
  EXPECT_EQ(read_text_file(disk / "tiny_int8.tflite"), "what was there");
}

TEST_F(FullDisk, EvaluateAndItsPictures) {
  write_tiny_model(model);
  write_words();
  disk.leave(5 * kPage);  // enough for some of the files
  expect_no_space({"evaluate", model, "--dataset", words, "--output", disk / "results"});
  for (const auto& file : std::filesystem::directory_iterator(disk / "results")) {
    EXPECT_GT(file.file_size(), 0U) << file.path();
  }
}

TEST_F(FullDisk, Synthesize) {
  disk.leave(kPage);
  expect_no_space({"dataset", "synthesize", "--words", "yes,no", "--clips-per-word", "4",
                   "--unknown-clips", "0", "--no-noise", "--output", disk / "data"});
}

TEST_F(FullDisk, Import) {
  write_words();
  disk.leave(kPage);
  expect_no_space({"dataset", "import", words, "--copy", "--output", disk / "data"});
}

TEST_F(FullDisk, Train) {
  if (!std::filesystem::exists(STAPES_BUILD_FOLDER "/bin/stapes-train")) GTEST_SKIP();
  write_words();
  write_text_file(folder / "small.toml",
                  "version = 1\n"
                  "[classes]\nkeywords = [\"high\", \"low\"]\n"
                  "[[data.sources]]\nkind = \"folders\"\npath = \".\"\n"
                  "[augmentation]\nroom_probability = 0\nambient_probability = 0\n"
                  "microphone_probability = 0\n"
                  "[[network.layers]]\ntype = \"flatten\"\n[[network.layers]]\ntype = \"dense\"\n"
                  "[[network.layers]]\ntype = \"softmax\"\n"
                  "[training]\nepochs = 1\n");
  write_text_file(disk / "out/small_float.tflite", "what was there");
  disk.leave(kPage);
  expect_no_space({"train", folder / "small.toml", "--data", words, "--output", disk / "out"});
  EXPECT_EQ(read_text_file(disk / "out/small_float.tflite"), "what was there");
}

}  // namespace
}  // namespace stapes::test
