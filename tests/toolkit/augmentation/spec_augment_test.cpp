#include "toolkit/augmentation/spec_augment.h"

#include <gtest/gtest.h>

#include <vector>

namespace stapes::augmentation {
namespace {

constexpr size_t kFrames = 98;
constexpr size_t kChannels = 40;

std::vector<float> masked(const AugmentationSettings& settings, uint64_t index) {
  std::vector<float> features(kFrames * kChannels, 1.0F);
  Random random(1, Purpose::kSpecAugment, 0, index);
  spec_augment(features, kChannels, 0.0F, settings, random);
  return features;
}

TEST(SpecAugment, ATimeMaskCoversWholeFramesInOneStretch) {
  AugmentationSettings settings;
  settings.time_masks = 1;
  settings.time_mask_frames = 25;
  size_t widest = 0;
  bool none = false;
  bool first = false;
  bool last = false;
  for (uint64_t index = 0; index < 2000; ++index) {
    const auto features = masked(settings, index);
    size_t width = 0;
    size_t changes = 0;
    for (size_t frame = 0; frame < kFrames; ++frame) {
      const float value = features[frame * kChannels];
      for (size_t c = 0; c < kChannels; ++c) ASSERT_EQ(features[frame * kChannels + c], value);
      if (value == 0.0F) ++width;
      if (frame > 0 && value != features[(frame - 1) * kChannels]) ++changes;
    }
    EXPECT_LE(changes, 2U);
    widest = std::max(widest, width);
    none |= width == 0;
    first |= features.front() == 0.0F;
    last |= features.back() == 0.0F;
  }
  EXPECT_EQ(widest, 25U);
  EXPECT_TRUE(none && first && last);
}

TEST(SpecAugment, AFrequencyMaskCoversABandOfAllFrames) {
  AugmentationSettings settings;
  settings.frequency_masks = 2;
  settings.frequency_mask_channels = 7;
  size_t widest = 0;
  for (uint64_t index = 0; index < 2000; ++index) {
    const auto features = masked(settings, index);
    size_t width = 0;
    for (size_t c = 0; c < kChannels; ++c) {
      for (size_t frame = 1; frame < kFrames; ++frame) {
        ASSERT_EQ(features[frame * kChannels + c], features[c]);
      }
      if (features[c] == 0.0F) ++width;
    }
    widest = std::max(widest, width);
  }
  EXPECT_GT(widest, 7U);
  EXPECT_LE(widest, 14U);
}

TEST(SpecAugment, MasksWiderThanTheSpectrogramAreCut) {
  AugmentationSettings settings;
  settings.time_masks = 3;
  settings.time_mask_frames = 1000;
  settings.frequency_masks = 3;
  settings.frequency_mask_channels = 1000;
  for (uint64_t index = 0; index < 50; ++index) masked(settings, index);
}

TEST(SpecAugment, MeanOfAllValues) {
  EXPECT_EQ(mean_value(std::vector<float>{1.0F, 2.0F, 6.0F}), 3.0F);
  EXPECT_EQ(mean_value(std::vector<float>{}), 0.0F);
}

}  // namespace
}  // namespace stapes::augmentation
