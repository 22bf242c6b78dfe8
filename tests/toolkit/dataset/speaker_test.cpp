#include "toolkit/dataset/speaker.h"

#include <gtest/gtest.h>

namespace stapes::dataset {
namespace {

TEST(Speaker, FromTheNamesOfKnownCollections) {
  EXPECT_EQ(speaker_of_file("yes/0a7c2a8d_nohash_3.wav"), "0a7c2a8d");
  EXPECT_EQ(speaker_of_file("espeak_en-us_m3_nohash_12.flac"), "espeak_en-us_m3");
  EXPECT_EQ(speaker_of_file("common_voice_en_17265.wav"), "common_voice_en_17265");
  EXPECT_EQ(speaker_of_file("azure_af-ZA+AdriNeural+None+aww+medium+low+588b6ace.wav"), "588b6ace");
  EXPECT_EQ(speaker_of_file("1-100032-A-0.wav"), "100032");
  EXPECT_EQ(speaker_of_file("recording 7.wav"), "");
}

TEST(SplitSpeakers, SharesAreNearTheWantedOnes) {
  std::set<std::string> speakers;
  for (int i = 0; i < 2000; ++i) speakers.insert("s" + std::to_string(i));
  SplitSettings settings;
  settings.validation = 0.1;
  settings.test = 0.2;
  std::map<Split, int> counts;
  for (const auto& [speaker, split] : split_speakers(speakers, settings)) ++counts[split];
  // Three standard deviations of a binomial distribution.
  EXPECT_NEAR(counts[Split::kValidation], 200, 41);
  EXPECT_NEAR(counts[Split::kTest], 400, 54);
}

TEST(SplitSpeakers, EverySplitGetsOneOfFewSpeakers) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    SplitSettings settings;
    settings.seed = seed;
    std::set<Split> splits;
    for (const auto& [speaker, split] : split_speakers({"a", "b", "c"}, settings)) {
      splits.insert(split);
    }
    EXPECT_EQ(splits.size(), 3U);
  }
}

TEST(SplitSpeakers, NoShareNoSpeaker) {
  SplitSettings settings;
  settings.validation = 0;
  settings.test = 0;
  for (const auto& [speaker, split] : split_speakers({"a", "b"}, settings)) {
    EXPECT_EQ(split, Split::kTrain);
  }
}

}  // namespace
}  // namespace stapes::dataset
