#include "toolkit/audio/stream_resampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "toolkit/audio/read.h"
#include "toolkit/base/philox.h"

namespace stapes::audio {
namespace {

std::vector<int16_t> tone(int rate_hz, double frequency_hz, size_t samples) {
  std::vector<int16_t> pcm(samples);
  for (size_t i = 0; i < samples; ++i) {
    const double phase = 2.0 * std::numbers::pi * frequency_hz * static_cast<double>(i) / rate_hz;
    pcm[i] = static_cast<int16_t>(std::lround(10000.0 * std::sin(phase)));
  }
  return pcm;
}

std::vector<int16_t> in_pieces(int from_hz, int to_hz, const std::vector<int16_t>& pcm,
                               uint64_t seed) {
  StreamResampler resampler(from_hz, to_hz);
  Random random(seed, Purpose::kTest);
  std::vector<int16_t> result;
  for (size_t done = 0; done < pcm.size();) {
    const size_t count = std::min<size_t>(pcm.size() - done, random.below(700));
    const auto piece = resampler.push(std::span(pcm).subspan(done, count));
    result.insert(result.end(), piece.begin(), piece.end());
    done += count;
  }
  const auto rest = resampler.finish();
  result.insert(result.end(), rest.begin(), rest.end());
  return result;
}

TEST(StreamResampler, EqualRatesPassTheSamples) {
  const auto pcm = tone(16000, 440.0, 3000);
  EXPECT_EQ(in_pieces(16000, 16000, pcm, 1), pcm);
}

TEST(StreamResampler, PiecesMakeNoDifference) {
  const auto pcm = tone(44100, 440.0, 44100);
  const auto once = in_pieces(44100, 16000, pcm, 1);
  EXPECT_EQ(in_pieces(44100, 16000, pcm, 2), once);
  EXPECT_NEAR(static_cast<double>(once.size()), 16000.0, 2.0);
}

TEST(StreamResampler, AgreesWithTheWholeClipAtOnce) {
  for (const int rate : {8000, 44100, 48000}) {
    const auto pcm = tone(rate, 1000.0, static_cast<size_t>(rate));
    Clip clip{std::vector<float>(pcm.size()), rate};
    for (size_t i = 0; i < pcm.size(); ++i) clip.samples[i] = static_cast<float>(pcm[i]) / 32768.0F;
    const auto whole = to_pcm16(resample(clip, 16000).samples);
    const auto pieces = in_pieces(rate, 16000, pcm, 3);
    for (size_t i = 100; i + 100 < std::min(whole.size(), pieces.size()); ++i) {
      ASSERT_NEAR(whole[i], pieces[i], 1) << rate << " Hz, sample " << i;
    }
  }
}

// A tone above the new Nyquist frequency must vanish, not fold back.
TEST(StreamResampler, RemovesWhatCannotBeRepresented) {
  const auto result = in_pieces(48000, 16000, tone(48000, 11000.0, 48000), 4);
  for (size_t i = 500; i + 500 < result.size(); ++i) ASSERT_LE(std::abs(result[i]), 5);
}

}  // namespace
}  // namespace stapes::audio
