#include "toolkit/dataset/synthesis/other_words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/support/temporary_folder.h"
#include "toolkit/base/error.h"
#include "toolkit/dataset/synthesis/phonetics.h"

namespace stapes::dataset {
namespace {

double distance(SpeechEngines& engines, const std::string& a, const std::string& b) {
  return phonetic_distance(engines.pronunciation(a, "en-us"), engines.pronunciation(b, "en-us"));
}

TEST(Phonetics, SplitsWhatTheEngineSays) {
  EXPECT_EQ(split_phonemes("s_'E_v_@_n"), (Phonemes{"s", "E", "v", "@", "n"}));
  EXPECT_TRUE(split_phonemes("").empty());
  SpeechEngines engines;
  EXPECT_EQ(engines.pronunciation("seven", "en-us"), (Phonemes{"s", "E", "v", "@", "n"}));
}

TEST(Phonetics, DistanceIsAMetricOnSounds) {
  const std::vector<std::string> sounds = {
      "p", "b", "tS", "z", "m", "l", "w", "i:", "I", "E", "a", "u:", "oU", "aI", "@", "3:"};
  for (const std::string& a : sounds) {
    EXPECT_EQ(sound_difference(a, a), 0.0);
    for (const std::string& b : sounds) {
      EXPECT_EQ(sound_difference(a, b), sound_difference(b, a)) << a << " " << b;
      EXPECT_EQ(sound_difference(a, b) > 0.0, a != b) << a << " " << b;
      EXPECT_LE(sound_difference(a, b), 1.0) << a << " " << b;
    }
  }
  EXPECT_LT(sound_difference("p", "b"), sound_difference("p", "z"));
  EXPECT_LT(sound_difference("I", "i:"), sound_difference("i:", "aU"));
  EXPECT_EQ(sound_difference("a", "p"), 1.0);
  EXPECT_EQ(phonetic_distance({"b", "E", "d"}, {}), 3 * kMissingSound);
  EXPECT_EQ(phonetic_distance({"b", "E", "d"}, {"b", "r", "E", "d"}), kMissingSound);
}

TEST(Phonetics, NeighboursAreNearerThanOthers) {
  SpeechEngines engines;
  EXPECT_EQ(distance(engines, "ate", "eight"), 0.0);
  for (const char* neighbour : {"bad", "bread", "bet", "dead", "bid"}) {
    EXPECT_LT(distance(engines, "bed", neighbour), 1.0) << neighbour;
    EXPECT_LT(distance(engines, "bed", neighbour), distance(engines, "bed", "mountain"));
  }
}

class OtherWords : public ::testing::Test {
 protected:
  Path dictionary() {
    const Path file = folder_ / "words";
    write_text_file(
        file,
        "bad\nbed\nbread\nbet\nbeds\nBeth\nbeds'\ngauge\ngoat\ncough\nknow\nno\nmountain\n"
        "orange\npurple\nwindow\nhippopotamus\nparliament\nyellow\n\xc3\xa9lan\n");
    return file;
  }
  static std::set<std::string> names(const std::vector<OtherWord>& words) {
    std::set<std::string> result;
    for (const OtherWord& word : words) result.insert(word.word);
    return result;
  }

  test::TemporaryFolder folder_;
  SpeechEngines engines_;
};

TEST_F(OtherWords, CommonOnesWithoutWhatSoundsTheSame) {
  const auto words = names(other_words({"four", "eight"}, {"no"}, {}, 1, engines_));
  EXPECT_TRUE(words.count("five"));
  for (const char* word : {"four", "fore", "ate", "no", "know"}) {
    EXPECT_FALSE(words.count(word)) << word;
  }
}

TEST_F(OtherWords, SmallOnesWithoutWhatSoundsTheSame) {
  const auto small = usable_small_words({"in"}, {"hour"}, engines_);
  EXPECT_EQ(std::count(small.begin(), small.end(), "the"), 1);
  EXPECT_EQ(std::count(small.begin(), small.end(), "in"), 0);
}

TEST_F(OtherWords, NeighboursAndOthersTakeTurns) {
  OtherWordsSettings settings;
  settings.dictionary = dictionary();
  settings.count = 6;
  settings.near_share = 0.5;
  const auto words = other_words({"bed"}, {"no"}, settings, 1, engines_);
  ASSERT_EQ(words.size(), 6U);
  std::set<std::string> near;
  for (size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(words[i].near, i % 2 == 0);
    EXPECT_EQ(words[i].nearest, "bed");
    EXPECT_GT(words[i].distance, 0.0);
    if (words[i].near) near.insert(words[i].word);
  }
  EXPECT_EQ(near, (std::set<std::string>{"bad", "bet", "bread"}));
  // Keywords, words not wanted, their homophones, plurals, names, and words too long for a second.
  for (const char* word : {"bed", "no", "know", "beds", "Beth", "hippopotamus"}) {
    EXPECT_FALSE(names(words).count(word)) << word;
  }
  const auto again = other_words({"bed"}, {"no"}, settings, 1, engines_);
  const auto other = other_words({"bed"}, {"no"}, settings, 2, engines_);
  EXPECT_EQ(names(again), names(words));
  EXPECT_NE(names(other), names(words));
}

TEST_F(OtherWords, EachKeywordGetsItsNeighbours) {
  OtherWordsSettings settings;
  settings.dictionary = dictionary();
  settings.count = 2;
  settings.near_share = 1.0;
  const auto words = other_words({"bed", "go"}, {}, settings, 1, engines_);
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[0].nearest, "bed");
  EXPECT_EQ(words[1].nearest, "go");
}

TEST_F(OtherWords, ADictionaryWithoutWordsIsAnError) {
  OtherWordsSettings settings;
  settings.dictionary = folder_ / "numbers";
  write_text_file(settings.dictionary, "1\n2\nABC\n");
  EXPECT_THROW(other_words({"bed"}, {}, settings, 1, engines_), Error);
}

}  // namespace
}  // namespace stapes::dataset
