#include "toolkit/audio/speed.h"

#include <gtest/gtest.h>

#include "tests/toolkit/audio/test_signals.h"
#include "toolkit/audio/level.h"

namespace stapes::audio {
namespace {

TEST(Speed, AToneBecomesThatMuchHigherAndShorter) {
  for (const double speed : {0.85, 0.93, 1.005, 1.15, 1.5}) {
    const auto result = change_speed(test::tone(1000.0, 0.5, 16000), speed);
    EXPECT_EQ(result.size(), static_cast<size_t>(std::lround(16000 / speed)));
    const auto expected = test::tone(1000.0 * speed, 0.5, result.size());
    for (size_t i = 100; i + 100 < result.size(); ++i) {
      ASSERT_NEAR(result[i], expected[i], 3e-3) << speed << " at " << i;
    }
  }
}

TEST(Speed, TheBandIsFlatAndAliasesAreRemoved) {
  const auto level = [](double hz, double speed) {
    const auto result = change_speed(test::tone(hz, 1.0, 16000), speed);
    return to_decibels(rms(std::span(result).subspan(200, result.size() - 400))) + 3.0103;
  };
  EXPECT_NEAR(level(5500.0, 1.15), 0.0, 0.2);  // 0.8 of 8000 / 1.15
  EXPECT_NEAR(level(6400.0, 0.85), 0.0, 0.2);
  EXPECT_LT(level(7900.0, 1.15), -45.0);  // would come back at 6915 Hz
}

TEST(Speed, OneChangesNothing) {
  const auto noise = test::white_noise(0.5, 1000);
  EXPECT_EQ(change_speed(noise, 1.0), noise);
  EXPECT_EQ(change_speed(noise, 1.002), noise);
  EXPECT_TRUE(change_speed(std::vector<float>{}, 1.1).empty());
}

}  // namespace
}  // namespace stapes::audio
