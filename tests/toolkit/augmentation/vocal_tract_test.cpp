#include "toolkit/augmentation/vocal_tract.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/toolkit/augmentation/small_dataset.h"
#include "toolkit/audio/clip.h"
#include "toolkit/augmentation/augmented_source.h"

namespace stapes::augmentation {
namespace {

VocalTract scaled(double factor) { return {{factor, factor, factor, factor}}; }

// The channel of the front end in which a tone is loudest.
size_t loudest_channel(double hz, const VocalTract& tract) {
  const FeatureSettings settings;
  FeatureExtractor extractor(settings);
  const auto channels = static_cast<size_t>(extractor.channels());
  auto rows = extractor.spectrogram(audio::to_pcm16(test::tone(hz, 0.4, 16000)));
  change_vocal_tract(rows, tract, settings.front_end);
  const auto last = std::span(rows).last(channels);
  return static_cast<size_t>(std::max_element(last.begin(), last.end()) - last.begin());
}

TEST(VocalTract, NoChangeIsTheSameSpectrogram) {
  const FrontEndSettings settings;
  std::vector<uint16_t> rows(98 * static_cast<size_t>(settings.filterbank_n_channels));
  Random random(1, Purpose::kTest);
  for (uint16_t& value : rows) value = static_cast<uint16_t>(random.below(700));
  const std::vector<uint16_t> before = rows;
  change_vocal_tract(rows, VocalTract(), settings);
  EXPECT_EQ(rows, before);
}

TEST(VocalTract, AToneMovesToWhereThatFrequencyIsHeard) {
  const FrontEndSettings settings;
  for (const double hz : {600.0, 1000.0, 2000.0, 3500.0}) {
    for (const double factor : {0.85, 1.15}) {
      const auto moved = static_cast<double>(loudest_channel(hz, scaled(factor)));
      const auto heard = static_cast<double>(loudest_channel(hz * factor, VocalTract()));
      EXPECT_NEAR(moved, heard, 1.0) << hz << " Hz times " << factor;
      EXPECT_NE(moved, static_cast<double>(loudest_channel(hz, VocalTract())));
    }
  }
}

TEST(VocalTract, AFormantMovesByItself) {
  VocalTract tract;
  tract.factors[1] = 1.1;
  EXPECT_DOUBLE_EQ(unmoved_frequency(tract, 1650.0, 7500.0), 1500.0);
  EXPECT_DOUBLE_EQ(unmoved_frequency(tract, 500.0, 7500.0), 500.0);
  EXPECT_DOUBLE_EQ(unmoved_frequency(tract, 2500.0, 7500.0), 2500.0);
  EXPECT_DOUBLE_EQ(unmoved_frequency(tract, 6000.0, 7500.0), 6000.0);
}

TEST(VocalTract, HigherFrequenciesStayHigher) {
  Random random(2, Purpose::kTest);
  for (int attempt = 0; attempt < 1000; ++attempt) {
    VocalTract tract;
    for (double& factor : tract.factors) factor = random.uniform(0.765, 1.265);
    // Also where the band ends below some of the formants.
    const double highest = random.uniform(1000.0, 8000.0);
    double last = 0.0;
    for (double hertz = 10.0; hertz < 8000.0; hertz += 10.0) {
      const double unmoved = unmoved_frequency(tract, hertz, highest);
      ASSERT_GT(unmoved, last);
      last = unmoved;
    }
    EXPECT_DOUBLE_EQ(unmoved_frequency(tract, highest, highest), highest);
  }
}

TEST(VocalTract, ChangesTrainingExamplesAndNothingElseThatIsDrawn) {
  test::SmallDataset small;
  const AugmentedSource without(small.specification, small.data);
  small.specification.augmentation.vocal_tract_probability = 0.5;
  small.specification.augmentation.formant_percent = 4.0;
  const AugmentedSource with(small.specification, small.data);
  std::vector<float> before(without.values_per_example());
  std::vector<float> after(without.values_per_example());
  size_t changed = 0;
  for (size_t i = 0; i < with.size(); ++i) {
    const Draws draws = with.draws(3, i);
    EXPECT_EQ(draws.speed, without.draws(3, i).speed);
    EXPECT_EQ(draws.microphone.start, without.draws(3, i).microphone.start);
    without.fill(3, i, before);
    with.fill(3, i, after);
    EXPECT_EQ(before == after, !draws.tract.changes()) << i;
    changed += draws.tract.changes() ? 1 : 0;
    for (const double factor : draws.tract.factors) {
      EXPECT_GE(factor, 0.9 * 0.96);
      EXPECT_LE(factor, 1.1 * 1.04);
    }
  }
  EXPECT_GT(changed, 4U);
  EXPECT_LT(changed, 20U);
}

}  // namespace
}  // namespace stapes::augmentation
