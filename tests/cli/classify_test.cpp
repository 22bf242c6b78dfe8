// `stapes classify` as a user calls it, with a model that knows high tones from low ones.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "tests/support/command.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tones.h"
#include "toolkit/base/files.h"

namespace stapes::test {
namespace {

class ClassifyCommand : public testing::Test {
 protected:
  ClassifyCommand() {
    write_tiny_model(model);
    audio::write_audio(wav, sound(16000));
  }

  // Silence, a high tone, silence, a low tone.
  static audio::Clip sound(int sample_rate_hz) {
    audio::Clip clip = silence(0.5, sample_rate_hz);
    append(clip, tone(5000.0, 0.15, sample_rate_hz));
    append(clip, silence(0.8, sample_rate_hz));
    append(clip, tone(300.0, 0.15, sample_rate_hz));
    return clip;
  }

  static std::vector<std::string> labels(const std::string& output) {
    std::vector<std::string> found;
    for (size_t at = output.find("label="); at != std::string::npos;
         at = output.find("label=", at + 1)) {
      found.push_back(output.substr(at + 6, output.find(' ', at) - at - 6));
    }
    return found;
  }

  TemporaryFolder folder;
  const Path model = folder / "tiny.tflite";
  const Path wav = folder / "tones.wav";
};

TEST_F(ClassifyCommand, SaysWhatItHearsAndWhen) {
  const CommandResult result = run_stapes({"classify", model, "--wav", wav});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(result.output.find("Detected class=0 label=high score="), 0U) << result.output;
  EXPECT_NE(result.output.find("ms\nDetected class=1 label=low score="), std::string::npos);
  EXPECT_EQ(run_stapes({"classify", model, "--wav", wav}).output, result.output);
}

TEST_F(ClassifyCommand, HearsTheSameAtAnotherRate) {
  audio::write_audio(folder / "fast.wav", sound(44100));
  const CommandResult result = run_stapes({"classify", model, "--wav", folder / "fast.wav"});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(labels(result.output), (std::vector<std::string>{"high", "low"}));
}

TEST_F(ClassifyCommand, OptionsOverrideTheMetadata) {
  const CommandResult result = run_stapes({"classify", model, "--wav", wav, "--threshold", "255"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(result.output, "");
  EXPECT_EQ(run_stapes({"classify", model, "--wav", wav, "--threshold", "256"}).exit_code, 2);
}

TEST_F(ClassifyCommand, DumpsWhatItHeardAndShowsScores) {
  const CommandResult result =
      run_stapes({"classify", model, "--wav", wav, "--verbose", "--latency", "100", "--tail", "0",
                  "--dump-audio", folder / "heard.wav", "--dump-spectrograms", folder / "seen"});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(result.output.find("[    25] ( 25)  54  54 146\n"), 0U) << result.output;
  EXPECT_EQ(audio::read_audio(folder / "heard.wav").clip.samples,
            audio::read_audio(wav).clip.samples);
  EXPECT_TRUE(std::filesystem::exists(folder / "seen/tones-000025ms.png"));
}

// ALSA's file plugin in place of a microphone: what is recorded are the samples of a file, and at
// its end what the buffer happens to hold, so it ends with silence. The command listens until
// Ctrl-C, which comes when it has heard the last tone.
TEST_F(ClassifyCommand, AMicrophoneIsHeardAsAFileIs) {
  const audio::Clip clip = audio::read_audio(wav).clip;
  Bytes samples;
  for (const float value : clip.samples) {
    const int sample = static_cast<int>(std::lround(value * 32768.0F));
    samples.push_back(static_cast<uint8_t>(sample & 0xFF));
    samples.push_back(static_cast<uint8_t>((sample >> 8) & 0xFF));
  }
  samples.resize(samples.size() + 2 * 2 * 16000, 0);
  write_file(folder / "recorded.raw", samples);
  const std::string configuration = "pcm.recorded { type file slave.pcm { type null } file \"" +
                                    (folder / "sink.raw").string() + "\" infile \"" +
                                    (folder / "recorded.raw").string() +
                                    "\" format \"raw\" }\n"
                                    "pcm.!default { type plug slave.pcm recorded }\n"
                                    "ctl.!default { type hw card 0 }\n";
  write_file(folder / "asound.conf", Bytes(configuration.begin(), configuration.end()));
  const std::string script =
      "cd '" + folder.path().string() +
      "' && ALSA_CONFIG_PATH=$PWD/asound.conf '" STAPES_BUILD_FOLDER
      "/bin/stapes' classify tiny.tflite --microphone --dump-audio heard.wav "
      ">heard.txt 2>errors.txt & p=$!; cd '" +
      folder.path().string() +
      "'; for i in $(seq 200); do grep -qs label=low heard.txt && break; "
      "sleep 0.1; done; kill -INT $p; wait $p";
  ASSERT_EQ(std::system(script.c_str()), 0) << read_text_file(folder / "errors.txt");
  const std::string from_file = run_stapes({"classify", model, "--wav", wav}).output;
  EXPECT_EQ(read_text_file(folder / "heard.txt"), from_file);
  std::vector<float> heard = audio::read_audio(folder / "heard.wav").clip.samples;
  ASSERT_GE(heard.size(), clip.samples.size());
  heard.resize(clip.samples.size());
  EXPECT_EQ(heard, clip.samples);
}

TEST_F(ClassifyCommand, SaysInOneLineWhatIsWrong) {
  EXPECT_EQ(run_stapes({"classify", model}).exit_code, 2);
  EXPECT_EQ(run_stapes({"classify", model, "--stdin", "--wav", wav}).exit_code, 2);
  const Bytes bytes = read_file(wav);
  write_file(folder / "cut.wav", std::span(bytes).first(bytes.size() / 2));
  const CommandResult cut = run_stapes({"classify", model, "--wav", folder / "cut.wav"});
  EXPECT_EQ(cut.exit_code, 1);
  EXPECT_NE(cut.errors.find("cut.wav"), std::string::npos) << cut.errors;
  const CommandResult broken = run_stapes({"classify", wav, "--wav", wav});
  EXPECT_EQ(broken.exit_code, 1);
}

}  // namespace
}  // namespace stapes::test
