#include <gtest/gtest.h>

#include <cmath>

#include "tests/toolkit/audio/test_signals.h"
#include "toolkit/audio/clip.h"
#include "toolkit/audio/level.h"
#include "toolkit/audio/mix.h"

namespace stapes::audio {
namespace {

TEST(Level, AFullScaleSineIs3DecibelsBelowFullScale) {
  const auto sine = test::tone(1000.0, 1.0, 16000);
  EXPECT_NEAR(to_decibels(rms(sine)), -3.0103, 1e-3);
  EXPECT_NEAR(to_decibels(rms(to_pcm16(sine))), -3.0103, 1e-3);
}

TEST(Level, AgreesWithTheDefinitionForEveryLength) {
  for (const size_t count : {size_t{1}, size_t{7}, size_t{8}, size_t{513}, size_t{1031}}) {
    const auto noise = test::white_noise(0.5, count);
    double sum = 0;
    for (const float x : noise) sum += static_cast<double>(x) * static_cast<double>(x);
    EXPECT_NEAR(mean_square(noise), sum / static_cast<double>(count), 1e-6) << count;
  }
  EXPECT_EQ(mean_square(std::span<const float>{}), 0.0);
  EXPECT_EQ(mean_square(std::span<const int16_t>{}), 0.0);
}

TEST(Level, SilenceHasALevel) {
  EXPECT_EQ(to_decibels(0.0), -200.0);
  EXPECT_NEAR(to_decibels(from_decibels(-37.5)), -37.5, 1e-9);
}

TEST(Mix, ReachesTheSignalToNoiseRatio) {
  const auto signal = test::tone(440.0, 0.3, 16000);
  const auto noise = to_pcm16(test::white_noise(0.9, 16000));
  for (const double snr_db : {-5.0, 0.0, 20.0}) {
    std::vector<float> mixed = signal;
    add_scaled(mixed, noise, factor_for_snr(rms(signal), rms(noise), snr_db));
    for (size_t i = 0; i < mixed.size(); ++i) mixed[i] -= signal[i];
    EXPECT_NEAR(to_decibels(rms(signal) / rms(mixed)), snr_db, 1e-3);
  }
}

TEST(Mix, ReachesTheAbsoluteLevel) {
  const auto noise = to_pcm16(test::white_noise(0.01, 16000));
  std::vector<float> mixed(noise.size(), 0.0F);
  add_scaled(mixed, noise, factor_for_level(rms(noise), -65.0));
  EXPECT_NEAR(to_decibels(rms(mixed)), -65.0, 1e-3);
}

TEST(Mix, SilentNoiseIsNotAmplified) {
  EXPECT_EQ(factor_for_snr(0.5, 0.0, 10.0), 0.0);
  EXPECT_EQ(factor_for_level(0.0, -60.0), 0.0);
}

}  // namespace
}  // namespace stapes::audio
