#include <gtest/gtest.h>

#include "tests/toolkit/audio/test_signals.h"
#include "toolkit/audio/read.h"

namespace stapes::audio {
namespace {

TEST(Resample, AToneStaysThatTone) {
  for (const int rate : {8000, 22050, 44100, 48000}) {
    const auto input = test::tone(1000.0, 0.5, static_cast<size_t>(rate), rate);
    const Clip output = resample({input, rate}, 16000);
    EXPECT_EQ(output.sample_rate_hz, 16000);
    ASSERT_EQ(output.samples.size(), 16000U) << rate;
    const auto expected = test::tone(1000.0, 0.5, 16000);
    for (size_t i = 500; i < 15500; ++i) {  // away from the ends, where the tone begins and stops
      ASSERT_NEAR(output.samples[i], expected[i], 1e-3) << rate << " Hz, sample " << i;
    }
  }
}

TEST(Resample, WhatTheNewRateCannotHoldIsRemoved) {
  const auto input = test::tone(12000.0, 0.5, 48000, 48000);
  const Clip output = resample({input, 48000}, 16000);
  for (size_t i = 500; i < 15500; ++i) ASSERT_NEAR(output.samples[i], 0.0F, 1e-3);
}

TEST(Resample, SameRateAndNothingAreLeftAlone) {
  const auto input = test::white_noise(0.5, 1000);
  EXPECT_EQ(resample({input, 16000}, 16000).samples, input);
  EXPECT_TRUE(resample({{}, 8000}, 16000).samples.empty());
}

}  // namespace
}  // namespace stapes::audio
