// `stapes features` as a user calls it.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/command.h"
#include "tests/support/reference_data.h"
#include "tests/support/temporary_folder.h"
#include "toolkit/audio/read.h"
#include "toolkit/augmentation/features.h"
#include "toolkit/base/files.h"
#include "toolkit/base/npy.h"

namespace stapes::test {
namespace {

// A rising tone of one second.
audio::Clip sweep(int sample_rate_hz) {
  audio::Clip clip;
  clip.sample_rate_hz = sample_rate_hz;
  double phase = 0;
  for (int i = 0; i < sample_rate_hz; ++i) {
    phase += 2 * 3.141592653589793 * (200.0 + 3000.0 * i / sample_rate_hz) / sample_rate_hz;
    clip.samples.push_back(static_cast<float>(0.4 * std::sin(phase)));
  }
  return clip;
}

class FeaturesCommand : public testing::Test {
 protected:
  FeaturesCommand() { audio::write_audio(wav, sweep(16000)); }

  // What the library makes of the same file.
  std::vector<uint16_t> expected(const FeatureSettings& settings) const {
    return FeatureExtractor(settings).spectrogram(
        audio::to_pcm16(audio::read_audio(wav).clip.samples));
  }

  TemporaryFolder folder;
  const Path wav = folder / "sweep.wav";
};

TEST_F(FeaturesCommand, WritesAnArray) {
  const Path output = folder / "rows.npy";
  const CommandResult result = run_stapes({"features", wav, "--output", output});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  const NpyArray array = read_npy(output);
  EXPECT_EQ(array.type, "u2");
  EXPECT_EQ(array.shape, (std::vector<int64_t>{98, 32}));
  const std::vector<uint16_t> rows = expected({});
  EXPECT_EQ(array.to_float(), std::vector<float>(rows.begin(), rows.end()));
}

TEST_F(FeaturesCommand, PrintsCsvWithSettings) {
  const CommandResult result = run_stapes({"features", "--set", "fe.noise_reduction_enable=true",
                                           "--set", "fe.filterbank_n_channels=7", wav});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  FeatureSettings settings;
  settings.front_end.noise_reduction_enable = true;
  settings.front_end.filterbank_n_channels = 7;
  std::string csv;
  const std::vector<uint16_t> rows = expected(settings);
  for (size_t i = 0; i < rows.size(); ++i) {
    csv += std::to_string(rows[i]) + ((i + 1) % 7 == 0 ? "\n" : ",");
  }
  EXPECT_EQ(result.output, csv);
}

TEST_F(FeaturesCommand, LaterSettingsOverrideEarlierOnes) {
  const Path file = folder / "settings.txt";
  write_text_file(file, "fe.filterbank_n_channels 9\nfe.window_step_ms 20\ndump_tables 1\n");
  const Path output = folder / "rows.npy";
  const CommandResult result = run_stapes(
      {"features", wav, "--settings", file, "--set", "fe.filterbank_n_channels=11", "-o", output});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(read_npy(output).shape, (std::vector<int64_t>{49, 11}));
}

TEST_F(FeaturesCommand, NormalizesTheWholeFile) {
  const Path output = folder / "rows.npy";
  ASSERT_EQ(run_stapes({"features", wav, "--normalize", "-o", output}).exit_code, 0);
  const NpyArray array = read_npy(output);
  EXPECT_EQ(array.type, "f4");
  double sum = 0;
  double squares = 0;
  for (const float value : array.to_float()) {
    sum += value;
    squares += double{value} * value;
  }
  EXPECT_NEAR(sum / (98 * 32), 0, 1e-4);
  EXPECT_NEAR(squares / (98 * 32), 1, 1e-4);
}

TEST_F(FeaturesCommand, ResamplesWhatHasAnotherRate) {
  const Path other = folder / "other.wav";
  audio::write_audio(other, sweep(44100));
  const Path output = folder / "rows.npy";
  const CommandResult result = run_stapes({"features", other, "-o", output});
  ASSERT_EQ(result.exit_code, 0);
  EXPECT_NE(result.errors.find("44100"), std::string::npos) << result.errors;
  EXPECT_EQ(read_npy(output).shape[0], 98);
}

void expect_error(const CommandResult& result, int exit_code, const std::string& named) {
  EXPECT_EQ(result.exit_code, exit_code);
  EXPECT_EQ(result.errors.rfind("error: ", 0), 0U) << result.errors;
  EXPECT_EQ(result.errors.find('\n'), result.errors.size() - 1) << "one line: " << result.errors;
  EXPECT_NE(result.errors.find(named), std::string::npos) << result.errors;
}

TEST_F(FeaturesCommand, SaysWhatIsWrong) {
  const auto with = [&](const std::string& assignment) {
    return run_stapes({"features", wav, "--set", assignment});
  };
  expect_error(with("fe.noise_reduction_enabel=1"), 1, "\"fe.noise_reduction_enable\"");
  expect_error(with("fe.window_size_ms=long"), 1, "whole number");
  expect_error(with("fe.window_size_ms=600"), 1, "window_size_ms");
  expect_error(with("fe.pcan_enable=true"), 1, "noise_reduction_enable");
  expect_error(with("fe.window_size_ms=2000"), 1, "window_size_ms");
  expect_error(with("fe.window_size_ms"), 2, "fe.window_size_ms");
  expect_error(run_stapes({"features", wav, "-o", folder / "rows.jpg"}), 2, ".png");
  expect_error(run_stapes({"features", folder / "none.wav"}), 1, "none.wav");
  write_text_file(folder / "text.wav", "this is not sound");
  const Path output = folder / "kept.csv";
  write_text_file(output, "kept");
  expect_error(run_stapes({"features", folder / "text.wav", "-o", output}), 1, "text.wav");
  EXPECT_EQ(read_text_file(output), "kept");
  audio::write_audio(folder / "short.wav", {{0.1F, 0.2F}, 16000});
  expect_error(run_stapes({"features", folder / "short.wav"}), 1, "fewer than one window");
}

// The golden vectors byte for byte, through the command.
TEST_F(FeaturesCommand, GoldenCsv) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/frontend");
  const Path golden = reference_data() / "vectors/frontend";
  const CommandResult result = run_stapes({"features", golden / "7_jackson_12.2s_noise_dc.wav",
                                           "--settings", golden / "settings.kws_pcan.txt"});
  EXPECT_EQ(result.output, read_text_file(golden / "7_jackson_12.2s_noise_dc.kws_pcan.uint16.csv"));
}

}  // namespace
}  // namespace stapes::test
