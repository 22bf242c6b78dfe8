#include "toolkit/augmentation/augmenter.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/toolkit/augmentation/small_dataset.h"
#include "toolkit/audio/level.h"
#include "toolkit/audio/trim.h"
#include "toolkit/augmentation/cropped_keyword.h"
#include "toolkit/augmentation/spliced_words.h"

namespace stapes::augmentation {
namespace {

constexpr size_t kLeadIn = 16000;

std::span<const float> window_of(const std::vector<float>& samples) {
  return std::span(samples).subspan(kLeadIn);
}

std::span<const float> lead_in_of(const std::vector<float>& samples) {
  return std::span(samples).first(kLeadIn);
}

double energy(std::span<const float> samples) {
  return audio::mean_square(samples) * static_cast<double>(samples.size());
}

TEST(Augmenter, WithNothingDrawnTheTrimmedClipLiesInTheMiddle) {
  const test::SmallDataset small;
  const Augmenter augmenter(small.specification, small.data);
  const auto& clip = small.data.clips.front();
  const auto example = augmenter.apply(clip, {});
  ASSERT_EQ(example.samples.size(), 32000U);
  EXPECT_EQ(audio::rms(lead_in_of(example.samples)), 0.0);
  const auto file = audio::read_audio(clip.path).clip.samples;
  const audio::Extent sound = audio::find_sound(file, 30.0);
  const size_t begin = kLeadIn + (16000 - sound.size()) / 2;
  EXPECT_TRUE(std::equal(file.begin() + static_cast<std::ptrdiff_t>(sound.begin),
                         file.begin() + static_cast<std::ptrdiff_t>(sound.end),
                         example.samples.begin() + static_cast<std::ptrdiff_t>(begin)));
  EXPECT_NEAR(energy(example.samples), energy(file), 0.01 * energy(file));
}

TEST(Augmenter, GainIsInDecibels) {
  const test::SmallDataset small;
  const Augmenter augmenter(small.specification, small.data);
  Draws draws;
  const double before = audio::rms(augmenter.apply(small.data.clips[0], draws).samples);
  draws.gain_db = -7.0;
  const double after = audio::rms(augmenter.apply(small.data.clips[0], draws).samples);
  EXPECT_NEAR(audio::to_decibels(after / before), -7.0, 1e-3);
}

TEST(Augmenter, AmbientNoiseReachesItsRatioAndFillsTheLeadIn) {
  const test::SmallDataset small;
  const Augmenter augmenter(small.specification, small.data);
  Draws draws;
  const auto quiet = augmenter.apply(small.data.clips[0], draws).samples;
  for (const double snr_db : {0.0, 20.0}) {
    draws.ambient = {true, 2, 0.5, snr_db};
    auto noise = augmenter.apply(small.data.clips[0], draws).samples;
    for (size_t i = 0; i < noise.size(); ++i) noise[i] -= quiet[i];
    // White noise: the second of the lead-in and that of the clip are equally loud.
    EXPECT_NEAR(audio::to_decibels(audio::rms(window_of(quiet)) / audio::rms(noise)), snr_db, 0.01);
    EXPECT_NEAR(audio::rms(lead_in_of(noise)) / audio::rms(window_of(noise)), 1.0, 0.05);
  }
}

TEST(Augmenter, MicrophoneNoiseReachesItsLevel) {
  const test::SmallDataset small;
  const Augmenter augmenter(small.specification, small.data);
  Draws draws;
  draws.kind = Draws::Kind::kSilence;
  draws.microphone = {true, 0, 0.25, -65.0};
  const auto noise = augmenter.apply(small.data.clips.back(), draws).samples;
  EXPECT_NEAR(audio::to_decibels(audio::rms(noise)), -65.0, 0.01);
}

TEST(Augmenter, SilenceGetsAmbientNoiseAsIfSomebodySpoke) {
  const test::SmallDataset small;
  const Augmenter augmenter(small.specification, small.data);
  Draws draws;
  draws.kind = Draws::Kind::kSilence;
  EXPECT_EQ(audio::rms(augmenter.apply(small.data.clips.back(), draws).samples), 0.0);
  draws.ambient = {true, 2, 0.5, 10.0};
  draws.gain_db = 3.0;
  const auto noise = augmenter.apply(small.data.clips.back(), draws).samples;
  EXPECT_NEAR(audio::to_decibels(audio::rms(noise)), kNominalLevelDb - 10.0, 0.01);
}

TEST(Augmenter, TheRoomRingsAfterTheWordAndDoesNotMoveIt) {
  test::SmallDataset small;
  small.specification.augmentation.trim_db = 0.0;
  small.specification.augmentation.shift = false;
  const Augmenter augmenter(small.specification, small.data);
  Draws draws;
  const auto dry = augmenter.apply(small.data.clips[0], draws).samples;
  draws.room_on = true;
  const auto wet = augmenter.apply(small.data.clips[0], draws).samples;
  EXPECT_NE(wet, dry);
  // The 12,000 samples of the clip are centred; the sound is in its middle third, and 1 ms of
  // margin is left before the direct sound.
  const size_t begin = kLeadIn + 2000 + 4000;
  EXPECT_EQ(energy(std::span(wet).first(begin)) < 1e-6 * energy(wet), true);
  EXPECT_GT(energy(std::span(wet).subspan(begin + 4016)), 1e-4 * energy(wet));
  EXPECT_NEAR(audio::to_decibels(audio::rms(wet) / audio::rms(dry)), 0.0, 3.0);
}

TEST(Augmenter, ClipsThatAreTooLongGetNoRoom) {
  test::SmallDataset small;
  small.specification.augmentation.room_maximum_clip_ms = 500;
  const Augmenter augmenter(small.specification, small.data);
  Draws draws;
  const auto dry = augmenter.apply(small.data.clips[0], draws).samples;
  draws.room_on = true;
  EXPECT_EQ(augmenter.apply(small.data.clips[0], draws).samples, dry);
}

TEST(Augmenter, SpeedShortensTheWord) {
  test::SmallDataset small;
  const Augmenter augmenter(small.specification, small.data);
  Draws draws;
  const auto normal = augmenter.apply(small.data.clips[0], draws).samples;
  draws.speed = 1.15;
  const auto fast = augmenter.apply(small.data.clips[0], draws).samples;
  EXPECT_NEAR(energy(fast) / energy(normal), 1.0 / 1.15, 0.01);
}

TEST(Augmenter, ACroppedKeywordEntersAtTheEnd) {
  const test::SmallDataset small;
  const Augmenter augmenter(small.specification, small.data);
  Draws draws;
  draws.kind = Draws::Kind::kCroppedKeyword;
  draws.crop_fraction = 0.4;
  const auto example = augmenter.apply(small.data.clips.back(), draws);
  EXPECT_EQ(example.kind, Draws::Kind::kCroppedKeyword);
  EXPECT_GT(energy(std::span(example.samples).last(2000)), 0.0);
  EXPECT_EQ(energy(std::span(example.samples).first(32000 - 2500)), 0.0);
}

TEST(Augmenter, AKeywordThatCannotBeCroppedLeavesTheClip) {
  test::SmallDataset small;
  small.specification.augmentation.crop_maximum_ms = 10;
  const Augmenter augmenter(small.specification, small.data);
  Draws draws;
  const auto clip = augmenter.apply(small.data.clips.back(), draws).samples;
  draws.kind = Draws::Kind::kCroppedKeyword;
  const auto example = augmenter.apply(small.data.clips.back(), draws);
  EXPECT_EQ(example.kind, Draws::Kind::kClip);
  EXPECT_EQ(example.samples, clip);
}

TEST(Augmenter, SplicesTwoDifferentKeywords) {
  const test::SmallDataset small;
  const Augmenter augmenter(small.specification, small.data);
  Draws draws;
  draws.kind = Draws::Kind::kSplicedKeywords;
  draws.keywords = {0, 1, 8, 9};  // the training split's eight clips of "high" come before "low"
  const auto example = augmenter.apply(small.data.clips.back(), draws);
  EXPECT_EQ(example.kind, Draws::Kind::kSplicedKeywords);
  EXPECT_EQ(example.recording, small.data.clips[0].path);
  EXPECT_GT(energy(example.samples), 0.0);
}

TEST(Augmenter, KeywordsOfOneClassAreNotSpliced) {
  const test::SmallDataset small;
  const Augmenter augmenter(small.specification, small.data);
  Draws draws;
  const auto clip = augmenter.apply(small.data.clips.back(), draws).samples;
  draws.kind = Draws::Kind::kSplicedKeywords;
  draws.keywords = {0, 1, 2, 3};
  const auto example = augmenter.apply(small.data.clips.back(), draws);
  EXPECT_EQ(example.kind, Draws::Kind::kClip);
  EXPECT_EQ(example.samples, clip);
}

TEST(Augmenter, PlaysAKeywordBackwards) {
  test::SmallDataset small;
  small.specification.augmentation.trim_db = 0.0;
  const Augmenter augmenter(small.specification, small.data);
  Draws draws;
  draws.kind = Draws::Kind::kReversedKeyword;
  draws.keywords = {0, 8, 8, 8};
  const auto example = augmenter.apply(small.data.clips.back(), draws);
  EXPECT_EQ(example.recording, small.data.clips[0].path);
  auto word = audio::read_audio(small.data.clips[0].path).clip.samples;
  std::reverse(word.begin(), word.end());
  const auto window = window_of(example.samples);
  ASSERT_LE(word.size(), window.size());
  const auto begin = static_cast<std::ptrdiff_t>((window.size() - word.size()) / 2);
  EXPECT_TRUE(std::equal(word.begin(), word.end(), window.begin() + begin));
}

TEST(SpliceWords, JoinsTheBeginningAndTheEndAtOneLevel) {
  const std::vector<float> first(8000, 0.5F);
  const std::vector<float> second(4000, -0.125F);
  const auto word = splice_words(first, second, 0.25, 0.0, 16000);
  constexpr size_t kFade = 160;
  ASSERT_EQ(word.size(), 2000 + 3000 - kFade);
  for (size_t i = 0; i < word.size(); ++i) {
    if (i < 2000 - kFade) {
      ASSERT_EQ(word[i], 0.5F) << i;
    } else if (i >= 2000) {
      ASSERT_EQ(word[i], -0.5F) << i;  // at the first word's level
    } else {
      ASSERT_LT(word[i], word[i - 1]) << i;
    }
  }
}

TEST(SpliceWords, TakesNothingAndSilenceAsTheyAre) {
  EXPECT_TRUE(splice_words({}, {}, 0.5, 15.0, 16000).empty());
  const std::vector<float> silence(1000, 0.0F);
  EXPECT_EQ(splice_words(silence, silence, 0.5, 0.0, 16000), std::vector<float>(840, 0.0F));
}

TEST(CropKeyword, KeepsTheFirstPartOfTheWord) {
  const AugmentationSettings settings;
  const Window window(100, 16000);
  std::vector<float> clip(9000, 0.0F);
  std::fill(clip.begin() + 3000, clip.begin() + 6000, 0.5F);
  const audio::Extent word = audio::find_sound(clip, settings.crop_trim_db);
  const auto buffer = crop_keyword(clip, 0.25, settings, 16000, window);
  ASSERT_TRUE(buffer.has_value());
  const size_t kept = word.size() / 4;
  for (size_t i = 0; i < buffer->size(); ++i) {
    const size_t from_end = buffer->size() - i;
    const float expected = from_end <= kept ? clip[word.begin + kept - from_end] : 0.0F;
    ASSERT_EQ((*buffer)[i], expected) << i;
  }
  EXPECT_FALSE(crop_keyword(std::vector<float>(14000, 0.5F), 0.25, settings, 16000, window));
}

TEST(Augmenter, WithoutNoiseAndRoomsThoseStepsAreLeftOut) {
  test::SmallDataset small;
  const Draws none;
  const auto expected =
      Augmenter(small.specification, small.data).apply(small.data.clips[0], none).samples;
  small.data.ambient = {};
  small.data.microphone = {};
  small.data.rooms = {};
  const Augmenter augmenter(small.specification, small.data);
  Draws draws;
  draws.room_on = true;
  draws.ambient.on = true;
  draws.microphone.on = true;
  EXPECT_EQ(augmenter.apply(small.data.clips[0], draws).samples, expected);
}

}  // namespace
}  // namespace stapes::augmentation
