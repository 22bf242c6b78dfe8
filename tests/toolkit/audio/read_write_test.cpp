#include "toolkit/audio/read.h"

#include <gtest/gtest.h>
#include <sndfile.h>

#include <limits>

#include "tests/support/temporary_folder.h"
#include "tests/toolkit/audio/test_signals.h"
#include "toolkit/base/error.h"

namespace stapes::audio {
namespace {

// Any encoding, rate and number of channels; `frames` are interleaved.
void write_file_as(const Path& path, const std::vector<float>& frames, int format, int rate,
                   int channels) {
  SF_INFO info{};
  info.format = format;
  info.samplerate = rate;
  info.channels = channels;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  ASSERT_NE(file, nullptr) << sf_strerror(nullptr);
  sf_write_float(file, frames.data(), static_cast<sf_count_t>(frames.size()));
  sf_close(file);
}

std::string error_of(const Path& path) {
  try {
    read_audio(path);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

void expect_error(const Path& path, const std::string& reason) {
  const std::string text = error_of(path);
  EXPECT_NE(text.find(reason), std::string::npos) << text;
  EXPECT_NE(text.find(path.string()), std::string::npos) << text;
  EXPECT_EQ(text.find('\n'), std::string::npos) << text;
}

TEST(Pcm16, RoundsToNearestAndSaturates) {
  const std::vector<float> samples = {
      0.0F, 1.0F, -1.0F, 2.0F, -3.0F, 0.6F / 32768, -0.6F / 32768, 100.5F / 32768, 101.5F / 32768};
  const std::vector<int16_t> expected = {0, 32767, -32768, 32767, -32768, 1, -1, 100, 102};
  EXPECT_EQ(to_pcm16(samples), expected);
}

TEST(ReadWrite, Every16BitValueSurvivesWavAndFlac) {
  std::vector<float> samples;
  for (int value = -32768; value <= 32767; ++value) {
    samples.push_back(static_cast<float>(value) / 32768.0F);
  }
  const test::TemporaryFolder folder;
  for (const char* name : {"all.wav", "all.flac"}) {
    write_audio(folder / name, {samples, 16000});
    const ReadResult result = read_audio(folder / name);
    EXPECT_EQ(result.clip.samples, samples) << name;
    EXPECT_EQ(result.clip.sample_rate_hz, 16000);
    EXPECT_EQ(result.conversion, "") << name;
  }
}

TEST(ReadWrite, OnlyKnownExtensionsAreWritten) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(write_audio(folder / "x.mp3", {{0.0F}, 16000}), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(ReadWrite, ChannelsAreAveraged) {
  const test::TemporaryFolder folder;
  std::vector<float> frames;
  for (int i = 0; i < 1600; ++i) frames.insert(frames.end(), {0.5F, -0.25F});
  write_file_as(folder / "x.wav", frames, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 2);
  const ReadResult result = read_audio(folder / "x.wav");
  ASSERT_EQ(result.clip.samples.size(), 1600U);
  for (const float sample : result.clip.samples) EXPECT_EQ(sample, 0.125F);
  EXPECT_EQ(result.conversion, "stereo");
}

TEST(ReadWrite, OtherEncodingsAndRatesAreConverted) {
  const test::TemporaryFolder folder;
  const auto tone = test::tone(440.0, 0.5, 44100, 44100);
  write_file_as(folder / "rate.wav", tone, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 1);
  ReadResult result = read_audio(folder / "rate.wav");
  EXPECT_EQ(result.clip.samples.size(), 16000U);
  EXPECT_EQ(result.conversion, "44100 Hz");

  const auto at_16000 = test::tone(440.0, 0.5, 16000);
  for (const auto& [encoding, text] :
       {std::pair{SF_FORMAT_PCM_24, "24-bit"}, std::pair{SF_FORMAT_FLOAT, "32-bit float"},
        std::pair{SF_FORMAT_PCM_U8, "8-bit"}}) {
    write_file_as(folder / "x.wav", at_16000, SF_FORMAT_WAV | encoding, 16000, 1);
    result = read_audio(folder / "x.wav");
    EXPECT_EQ(result.conversion, text);
    ASSERT_EQ(result.clip.samples.size(), 16000U);
    for (size_t i = 0; i < 16000; i += 77) {
      EXPECT_NEAR(result.clip.samples[i], at_16000[i], 1.0 / 64);
    }
  }
  write_file_as(folder / "x.ogg", at_16000, SF_FORMAT_OGG | SF_FORMAT_VORBIS, 16000, 1);
  EXPECT_EQ(read_audio(folder / "x.ogg").clip.samples.size(), 16000U);
}

TEST(ReadWrite, BadFilesAreNamedWithTheReason) {
  const test::TemporaryFolder folder;
  expect_error(folder / "missing.wav", "there is no such file");
  expect_error(folder.path(), "it is a folder");

  write_text_file(folder / "empty.wav", "");
  expect_error(folder / "empty.wav", "the file is empty");

  write_text_file(folder / "text.wav", std::string(500, 'x'));
  expect_error(folder / "text.wav", "not audio");

  for (const char* name : {"cut.wav", "cut.flac"}) {
    write_audio(folder / name, {test::white_noise(0.5, 16000), 16000});
    Bytes bytes = read_file(folder / name);
    bytes.resize(bytes.size() / 2);
    write_file(folder / name, bytes);
    expect_error(folder / name, "truncated");
  }

  write_audio(folder / "none.wav", {{}, 16000});
  expect_error(folder / "none.wav", "no samples");

  std::vector<float> samples(100, 0.0F);
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    samples[42] = bad;
    write_file_as(folder / "nan.wav", samples, SF_FORMAT_WAV | SF_FORMAT_FLOAT, 16000, 1);
    expect_error(folder / "nan.wav", "sample 42 is not a number");
  }
}

TEST(ReadWrite, APartIsTheSameAsThatPartOfTheWhole) {
  const test::TemporaryFolder folder;
  for (const char* name : {"x.wav", "x.flac"}) {
    write_audio(folder / name, {test::white_noise(0.5, 50000), 16000});
    const auto whole = read_audio(folder / name).clip.samples;
    const auto part = read_audio_part(folder / name, 1.0, 0.5).clip.samples;
    ASSERT_EQ(part.size(), 8000U);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + 16000)) << name;
    EXPECT_EQ(read_audio_part(folder / name, 3.0, 9.0).clip.samples.size(), 2000U);
    const AudioInfo info = read_audio_info(folder / name);
    EXPECT_EQ(info.samples, 50000);
    EXPECT_EQ(info.sample_rate_hz, 16000);
    EXPECT_DOUBLE_EQ(info.seconds(), 3.125);
  }
}

}  // namespace
}  // namespace stapes::audio
