#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/toolkit/audio/test_signals.h"
#include "toolkit/audio/convolution.h"
#include "toolkit/audio/level.h"
#include "toolkit/audio/read.h"
#include "toolkit/augmentation/noise_bank.h"
#include "toolkit/augmentation/room_bank.h"
#include "toolkit/base/error.h"

namespace stapes::augmentation {
namespace {

std::vector<int16_t> counting(size_t samples) {
  std::vector<int16_t> pcm(samples);
  for (size_t i = 0; i < samples; ++i) pcm[i] = static_cast<int16_t>(i % 30011);
  return pcm;
}

Path write_pcm(const Path& path, const std::vector<int16_t>& pcm) {
  std::vector<float> samples;
  for (const int16_t value : pcm) samples.push_back(static_cast<float>(value) / 32768.0F);
  audio::write_audio(path, {samples, 16000});
  return path;
}

TEST(NoiseBank, CutsSegmentsOutOfLongFilesExactly) {
  const test::TemporaryFolder folder;
  const auto pcm = counting(16000 * 50);  // several chunks
  const NoiseBank bank({write_pcm(folder / "long.flac", pcm)}, 16000, 32000);
  for (const double start : {0.0, 0.31, 0.3333, 0.5, 0.66, 0.999999}) {
    const auto begin = static_cast<std::ptrdiff_t>(start * (16000 * 50 - 32000 + 1));
    const std::vector<int16_t> expected(pcm.begin() + begin, pcm.begin() + begin + 32000);
    EXPECT_EQ(bank.segment(5, start), expected) << start;
  }
}

TEST(NoiseBank, RepeatsShortFiles) {
  const test::TemporaryFolder folder;
  const auto pcm = counting(700);
  const NoiseBank bank({write_pcm(folder / "short.wav", pcm)}, 16000, 32000);
  for (const size_t start : {0, 350, 699}) {
    const auto segment = bank.segment(0, (static_cast<double>(start) + 0.5) / 700);
    ASSERT_EQ(segment.size(), 32000U);
    for (size_t i = 0; i < segment.size(); ++i) ASSERT_EQ(segment[i], pcm[(start + i) % 700]);
  }
}

TEST(NoiseBank, MemoryStaysBelowTheLimit) {
  const test::TemporaryFolder folder;
  std::vector<Path> files;
  for (int i = 0; i < 8; ++i) {
    files.push_back(write_pcm(folder / ("n" + std::to_string(i) + ".wav"), counting(40000)));
  }
  constexpr size_t kLimit = 3 * 40000 * sizeof(int16_t);
  const NoiseBank small(files, 16000, 32000, kLimit);
  const NoiseBank none(files, 16000, 32000, 100);
  const NoiseBank large(files, 16000, 32000);
  for (uint64_t i = 0; i < 50; ++i) {
    const auto segment = large.segment(i * 7, 0.25);
    EXPECT_EQ(small.segment(i * 7, 0.25), segment);
    EXPECT_EQ(none.segment(i * 7, 0.25), segment);
    EXPECT_LE(small.used_bytes(), kLimit);
  }
  EXPECT_EQ(small.used_bytes(), kLimit);
  EXPECT_EQ(none.used_bytes(), 0U);
}

TEST(NoiseBank, NamesAFileThatIsNotAudio) {
  const test::TemporaryFolder folder;
  write_text_file(folder / "readme.wav", "not sound");
  EXPECT_THROW(NoiseBank({folder / "readme.wav"}, 16000, 32000), Error);
}

TEST(RoomBank, RemovesTheDelayAndKeepsTheLevel) {
  std::vector<float> response(4000, 0.0F);
  response[1000] = 0.5F;
  response[1400] = -0.3F;
  response[3900] = 1e-5F;  // 94 dB below: not kept
  const auto prepared = prepare_impulse_response(response, 16000, "x.wav");
  ASSERT_EQ(prepared.size(), 16U + 401U);
  const float energy = 0.5F * 0.5F + 0.3F * 0.3F;
  EXPECT_NEAR(prepared[16], 0.5F / std::sqrt(energy), 1e-6);
  EXPECT_NEAR(prepared[416], -0.3F / std::sqrt(energy), 1e-6);
  EXPECT_THROW(prepare_impulse_response(std::vector<float>(100, 0.0F), 16000, "x.wav"), Error);
}

TEST(RoomBank, ConvolvesLikeThePreparedResponseAndAnyLimitGivesTheSame) {
  const test::TemporaryFolder folder;
  auto response = test::white_noise(0.3, 2000);
  audio::write_audio(folder / "room.wav", {response, 16000});
  response = prepare_impulse_response(audio::read_audio(folder / "room.wav").clip.samples, 16000,
                                      "room.wav");
  const RoomBank bank({folder / "room.wav"}, 16000);
  const RoomBank forgetful({folder / "room.wav"}, 16000, 0);
  for (const size_t size : {size_t{9000}, size_t{16000}, size_t{9000}}) {
    const auto clip = test::white_noise(0.3, size, 3);
    const auto expected = audio::convolve(clip, response);
    EXPECT_EQ(bank.convolve(3, clip), expected);
    EXPECT_EQ(forgetful.convolve(3, clip), expected);
    EXPECT_NEAR(audio::to_decibels(audio::rms(expected) / audio::rms(clip)), 0.0, 1.5);
  }
}

}  // namespace
}  // namespace stapes::augmentation
