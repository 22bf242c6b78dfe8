#include "toolkit/augmentation/features.h"

#include <gtest/gtest.h>

#include "device/frontend/model_input.h"
#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"

namespace stapes::test {
namespace {

std::vector<int16_t> noise(size_t samples) {
  Random random(3, Purpose::kTest);
  std::vector<int16_t> sound(samples);
  for (int16_t& sample : sound) sample = static_cast<int16_t>(500 * random.normal());
  return sound;
}

TEST(FeatureExtractor, StartsFromAResetFrontEndEveryTime) {
  FeatureSettings settings;
  settings.front_end.noise_reduction_enable = true;
  settings.front_end.dc_notch_filter_enable = true;
  FeatureExtractor extractor(settings);
  EXPECT_EQ(extractor.frames(), 98);
  EXPECT_EQ(extractor.values(), 98U * 32U);
  const std::vector<int16_t> sound = noise(20000);
  const auto first = extractor.spectrogram(sound);
  EXPECT_EQ(first.size(), static_cast<size_t>(settings.front_end.frames(20000)) * 32);
  EXPECT_EQ(extractor.spectrogram(sound), first);
  FeatureExtractor moved = std::move(extractor);
  EXPECT_EQ(moved.spectrogram(sound), first);
  EXPECT_TRUE(moved.spectrogram(std::span(sound).first(100)).empty());
}

// The lead-in warms the noise estimate, so it changes the rows that are used.
TEST(FeatureExtractor, ModelInputIsTheLastRowsNormalized) {
  FeatureSettings settings;
  settings.front_end.noise_reduction_enable = true;
  const std::vector<int16_t> sound = noise(32000);
  FeatureExtractor extractor(settings);
  const auto rows = extractor.spectrogram(sound);
  std::vector<float> expected(extractor.values());
  std::vector<float> output(extractor.values());
  for (const auto normalization :
       {Normalization::kMeanAndStd, Normalization::kRescale, Normalization::kNone}) {
    settings.normalization = normalization;
    settings.rescale = 0.01;
    FeatureExtractor other(settings);
    const uint16_t* last = rows.data() + rows.size() - expected.size();
    const auto count = static_cast<int32_t>(expected.size());
    if (normalization == Normalization::kMeanAndStd) {
      normalize_mean_and_std(last, count, expected.data());
    } else {
      rescale(last, count, normalization == Normalization::kNone ? 1.0F : 0.01F, expected.data());
    }
    other.model_input(sound, output);
    EXPECT_EQ(output, expected);
  }
  EXPECT_THROW(extractor.model_input(std::span(sound).first(15000), output), Error);
}

TEST(FeatureExtractor, NamesTheSettingThatCannotWork) {
  FeatureSettings settings;
  settings.front_end.pcan_enable = true;
  try {
    const FeatureExtractor extractor(settings);
    FAIL() << "PCAN needs noise reduction";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("pcan_enable"), std::string::npos);
  }
}

}  // namespace
}  // namespace stapes::test
