#include "toolkit/quantization/representative_clips.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/toolkit/augmentation/small_dataset.h"
#include "toolkit/augmentation/sources.h"
#include "toolkit/base/error.h"

namespace stapes::quantization {
namespace {

constexpr int32_t kNoiseDb[] = {10, 0};

size_t input_values(const test::SmallDataset& small) {
  return augmentation::clean_source(small.specification, small.data, dataset::Split::kValidation)
      ->values_per_example();
}

std::vector<float> input(const RepresentativeClips& clips, size_t index, size_t values) {
  std::vector<float> result(values);
  clips.inputs.fill(index, result);
  return result;
}

TEST(RepresentativeClips, EachClipIsFollowedByItsNoisyCopies) {
  const test::SmallDataset small;
  const size_t values = input_values(small);
  const RepresentativeClips clean =
      representative_clips(small.specification, small.data, values, 5, {}, 2);
  EXPECT_EQ(clean.inputs.count, 5U);
  EXPECT_EQ(clean.inputs.together, 1U);
  const RepresentativeClips all =
      representative_clips(small.specification, small.data, values, 5, kNoiseDb, 2);
  EXPECT_EQ(all.inputs.count, 15U);
  EXPECT_EQ(all.inputs.together, 3U);
  for (size_t clip = 0; clip < 5; ++clip) {
    EXPECT_EQ(input(all, 3 * clip, values), input(clean, clip, values));
    EXPECT_NE(input(all, 3 * clip + 1, values), input(clean, clip, values));
    EXPECT_NE(input(all, 3 * clip + 2, values), input(all, 3 * clip + 1, values));
    for (size_t copy = 0; copy < 3; ++copy) {
      EXPECT_EQ(all.classes[3 * clip + copy], clean.classes[clip]);
    }
  }
}

TEST(RepresentativeClips, AreTheSameForAnyNumberOfThreadsAndNoneTwice) {
  const test::SmallDataset small;
  const size_t values = input_values(small);
  const RepresentativeClips one =
      representative_clips(small.specification, small.data, values, 100, kNoiseDb, 1);
  const RepresentativeClips four =
      representative_clips(small.specification, small.data, values, 100, kNoiseDb, 4);
  EXPECT_EQ(one.inputs.count, 3U * 24);  // all that there are
  EXPECT_EQ(one.classes, four.classes);
  std::set<std::vector<float>> different;
  for (size_t i = 0; i < one.inputs.count; ++i) {
    EXPECT_EQ(input(one, i, values), input(four, i, values));
    different.insert(input(one, i, values));
  }
  EXPECT_EQ(different.size(), one.inputs.count);
}

std::string message(const test::SmallDataset& small, size_t values) {
  try {
    representative_clips(small.specification, small.data, values, 5, kNoiseDb, 1);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(RepresentativeClips, SayWhatIsMissing) {
  test::SmallDataset small;
  const size_t values = input_values(small);
  EXPECT_NE(message(small, values + 1).find("its front end gives"), std::string::npos);
  small.data.ambient = {};
  EXPECT_NE(message(small, values).find("noise"), std::string::npos) << message(small, values);
}

}  // namespace
}  // namespace stapes::quantization
