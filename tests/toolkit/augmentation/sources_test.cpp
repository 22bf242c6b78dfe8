#include "toolkit/augmentation/sources.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/toolkit/augmentation/small_dataset.h"
#include "toolkit/audio/level.h"
#include "toolkit/base/error.h"
#include "toolkit/base/parallel.h"

namespace stapes::augmentation {
namespace {

struct Epoch {
  std::vector<float> features;
  std::vector<int> labels;

  bool operator==(const Epoch&) const = default;
};

Epoch run(const ExampleSource& source, uint64_t epoch, int threads) {
  const size_t values = source.values_per_example();
  Epoch result{std::vector<float>(source.size() * values), std::vector<int>(source.size())};
  parallel_for(source.size(), threads, [&](size_t i) {
    result.labels[i] =
        source.fill(epoch, i, std::span(result.features).subspan(i * values, values));
  });
  return result;
}

TEST(TrainingSource, AnyNumberOfThreadsGivesTheSameBits) {
  const test::SmallDataset small;
  const auto source = training_source(small.specification, small.data);
  EXPECT_EQ(source->size(), 24U);
  EXPECT_EQ(source->class_counts(), (std::vector<size_t>{8, 8, 8}));
  const Epoch one = run(*source, 2, 1);
  EXPECT_EQ(run(*source, 2, 4), one);
  EXPECT_EQ(run(*training_source(small.specification, small.data), 2, 3), one);
}

TEST(TrainingSource, EpochsDiffer) {
  const test::SmallDataset small;
  const auto source = training_source(small.specification, small.data);
  const size_t values = source->values_per_example();
  const Epoch first = run(*source, 0, 2);
  const Epoch second = run(*source, 1, 2);
  EXPECT_EQ(first.labels, second.labels);
  for (size_t i = 0; i < source->size(); ++i) {
    EXPECT_FALSE(std::equal(first.features.begin() + static_cast<std::ptrdiff_t>(i * values),
                            first.features.begin() + static_cast<std::ptrdiff_t>((i + 1) * values),
                            second.features.begin() + static_cast<std::ptrdiff_t>(i * values)))
        << i;
  }
}

TEST(TrainingSource, SilenceBecomesFiniteFeatures) {
  test::SmallDataset small;
  small.specification.data.unknown.silence_probability = 1.0;
  small.data.ambient = {};
  small.data.microphone = {};
  const auto source = training_source(small.specification, small.data);
  std::vector<float> features(source->values_per_example());
  EXPECT_EQ(source->fill(0, source->size() - 1, features), 2);
  for (const float value : features) ASSERT_TRUE(std::isfinite(value));
}

TEST(TrainingSource, MasksAreFilledWithTheMean) {
  test::SmallDataset small;
  small.specification.augmentation.time_masks = 0;
  small.specification.augmentation.frequency_masks = 0;
  const auto plain = training_source(small.specification, small.data);
  small.specification.augmentation.time_masks = 2;
  const auto masked = training_source(small.specification, small.data);
  const Epoch expected = run(*plain, 0, 2);
  const Epoch result = run(*masked, 0, 2);
  size_t replaced = 0;
  for (size_t i = 0; i < expected.features.size(); ++i) {
    if (result.features[i] == expected.features[i]) continue;
    ASSERT_EQ(result.features[i], 0.0F);
    ++replaced;
  }
  EXPECT_GT(replaced, 0U);
}

TEST(TrainingSource, RepeatedClipsAreAugmentedDifferently) {
  test::SmallDataset small;
  for (dataset::ClipReference& clip : small.data.clips) clip.repeat = 2;
  const auto source = training_source(small.specification, small.data);
  EXPECT_EQ(source->size(), 48U);
  EXPECT_EQ(source->class_counts(), (std::vector<size_t>{16, 16, 16}));
  const AugmentedSource& augmented = dynamic_cast<const AugmentedSource&>(*source);
  EXPECT_EQ(augmented.clip(0).path, augmented.clip(1).path);
  EXPECT_NE(augmented.draws(0, 0).position, augmented.draws(0, 1).position);
}

TEST(CleanSource, IsTheCentredClipInEveryEpoch) {
  const test::SmallDataset small;
  const CleanSource source(small.specification, small.data, dataset::Split::kValidation);
  EXPECT_EQ(source.size(), 24U);
  EXPECT_EQ(run(source, 0, 1), run(source, 5, 4));
  const auto file = audio::to_pcm16(audio::read_audio(source.clip(3).path).clip.samples);
  std::vector<int16_t> expected(32000, 0);
  std::copy(file.begin(), file.end(), expected.begin() + 16000 + 2000);
  EXPECT_EQ(source.pcm(3), expected);

  FeatureExtractor extractor(small.specification.features);
  std::vector<float> by_hand(extractor.values());
  extractor.model_input(expected, by_hand);
  std::vector<float> features(source.values_per_example());
  EXPECT_EQ(source.fill(0, 3, features), source.clip(3).label);
  EXPECT_EQ(features, by_hand);
}

TEST(CleanSource, FixedNoiseReachesItsRatioAndIsAlwaysTheSame) {
  const test::SmallDataset small;
  const CleanSource clean(small.specification, small.data, dataset::Split::kTest);
  CleanOptions options;
  options.noise_snr_db = 10.0;
  const CleanSource noisy(small.specification, small.data, dataset::Split::kTest, options);
  const CleanSource again(small.specification, small.data, dataset::Split::kTest, options);
  options.noise_seed = 43;
  const CleanSource other(small.specification, small.data, dataset::Split::kTest, options);
  for (size_t i = 0; i < clean.size(); ++i) {
    const auto signal = clean.pcm(i);
    auto noise = noisy.pcm(i);
    EXPECT_EQ(again.pcm(i), noise);
    EXPECT_NE(other.pcm(i), noise);
    for (size_t k = 0; k < noise.size(); ++k) noise[k] = static_cast<int16_t>(noise[k] - signal[k]);
    const auto window = [](const std::vector<int16_t>& pcm) {
      return audio::rms(std::span<const int16_t>(pcm).last(16000));
    };
    EXPECT_NEAR(audio::to_decibels(window(signal) / window(noise)), 10.0, 0.01);
  }
}

TEST(CleanSource, NoiseWithoutNoiseFilesIsAnError) {
  test::SmallDataset small;
  small.data.ambient = {};
  CleanOptions options;
  options.noise_snr_db = 10.0;
  EXPECT_THROW(CleanSource(small.specification, small.data, dataset::Split::kTest, options), Error);
}

TEST(Sources, AClipThatVanishedIsNamed) {
  const test::SmallDataset small;
  const auto source = clean_source(small.specification, small.data, dataset::Split::kTest);
  const Path gone = dynamic_cast<const CleanSource&>(*source).clip(4).path;
  std::filesystem::remove(gone);
  std::vector<float> features(source->values_per_example());
  try {
    source->fill(0, 4, features);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.where(), gone.string());
  }
}

}  // namespace
}  // namespace stapes::augmentation
