#include "toolkit/augmentation/draws.h"

#include <gtest/gtest.h>

namespace stapes::augmentation {
namespace {

Specification everything_on() {
  Specification specification;
  specification.augmentation.speed_probability = 0.5;
  return specification;
}

TEST(Draws, DependOnSeedEpochAndIndexAlone) {
  Specification specification = everything_on();
  const auto position = [&](uint64_t epoch, uint64_t index) {
    return draw(specification, true, epoch, index).position;
  };
  const double first = position(3, 5);
  EXPECT_EQ(position(3, 5), first);
  EXPECT_NE(position(4, 5), first);
  EXPECT_NE(position(3, 6), first);
  specification.training.seed = 99;
  EXPECT_NE(position(3, 5), first);
}

TEST(Draws, OneStepOffLeavesTheOthersAsTheyWere) {
  Specification specification = everything_on();
  const Draws with = draw(specification, true, 1, 2);
  specification.augmentation.speed_probability = 0.0;
  specification.augmentation.room_probability = 0.0;
  specification.augmentation.gain_probability = 0.0;
  specification.augmentation.ambient_probability = 0.0;
  const Draws without = draw(specification, true, 1, 2);
  EXPECT_EQ(without.speed, 1.0);
  EXPECT_FALSE(without.room_on);
  EXPECT_EQ(without.gain_db, 0.0);
  EXPECT_FALSE(without.ambient.on);
  EXPECT_EQ(without.kind, with.kind);
  EXPECT_EQ(without.position, with.position);
  EXPECT_EQ(without.microphone.on, with.microphone.on);
  EXPECT_EQ(without.microphone.start, with.microphone.start);
  EXPECT_EQ(without.microphone.level_db, with.microphone.level_db);
}

TEST(Draws, KeepTheRangesAndTheProbabilities) {
  Specification specification = everything_on();
  specification.data.unknown.spliced_keyword_probability = 0.2;
  specification.data.unknown.reversed_keyword_probability = 0.1;
  constexpr int kCount = 20000;
  int spliced = 0;
  int reversed = 0;
  int silence = 0;
  int cropped = 0;
  int faster = 0;
  int slower = 0;
  int room = 0;
  int ambient = 0;
  for (uint64_t i = 0; i < kCount; ++i) {
    const Draws draws = draw(specification, true, 0, i);
    silence += draws.kind == Draws::Kind::kSilence ? 1 : 0;
    cropped += draws.kind == Draws::Kind::kCroppedKeyword ? 1 : 0;
    spliced += draws.kind == Draws::Kind::kSplicedKeywords ? 1 : 0;
    reversed += draws.kind == Draws::Kind::kReversedKeyword ? 1 : 0;
    faster += draws.speed > 1.0 ? 1 : 0;
    slower += draws.speed < 1.0 ? 1 : 0;
    room += draws.room_on ? 1 : 0;
    ambient += draws.ambient.on ? 1 : 0;
    ASSERT_GE(draws.speed, 0.85);
    ASSERT_LE(draws.speed, 1.15);
    ASSERT_GE(draws.crop_fraction, 0.20);
    ASSERT_LT(draws.crop_fraction, 0.50);
    ASSERT_GE(draws.splice_fraction, 0.3);
    ASSERT_LT(draws.splice_fraction, 0.7);
    ASSERT_GE(draws.gain_db, 0.95);
    ASSERT_LT(draws.gain_db, 1.2);
    ASSERT_GE(draws.ambient.level_db, -1.0);
    ASSERT_LT(draws.ambient.level_db, 35.0);
    ASSERT_GE(draws.microphone.level_db, -75.0);
    ASSERT_LT(draws.microphone.level_db, -60.0);
    ASSERT_TRUE(draws.microphone.on);
  }
  // Three standard deviations of the widest, probability 1/2: 0.011.
  EXPECT_NEAR(silence / double{kCount}, 0.03, 0.011);
  EXPECT_NEAR(cropped / double{kCount}, 0.12, 0.011);
  EXPECT_NEAR(spliced / double{kCount}, 0.20, 0.011);
  EXPECT_NEAR(reversed / double{kCount}, 0.10, 0.011);
  EXPECT_NEAR(faster / double{kCount}, 0.25, 0.011);
  EXPECT_NEAR(slower / double{kCount}, 0.25, 0.011);
  EXPECT_NEAR(room / double{kCount}, 0.80, 0.011);
  EXPECT_NEAR(ambient / double{kCount}, 0.80, 0.011);
}

TEST(Draws, AKeywordStaysAClip) {
  const Specification specification = everything_on();
  for (uint64_t i = 0; i < 1000; ++i) {
    ASSERT_EQ(draw(specification, false, 0, i).kind, Draws::Kind::kClip);
  }
}

}  // namespace
}  // namespace stapes::augmentation
