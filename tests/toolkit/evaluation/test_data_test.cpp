#include "toolkit/evaluation/test_data.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "toolkit/audio/read.h"

namespace stapes::evaluation {
namespace {

void write_clip(const Path& file) {
  audio::Clip clip;
  clip.samples.assign(1600, 0.1F);
  audio::write_audio(file, clip);
}

const std::vector<std::string> kClasses = {"_unknown_", "yes", "no"};

TEST(TestData, OfAFolderWithListsTakesTheTestSplit) {
  const test::TemporaryFolder folder;
  for (const char* name : {"yes/a_nohash_0.wav", "yes/b_nohash_0.wav", "cat/c_nohash_0.wav",
                           "cat/b_nohash_0.wav", "_background_noise_/hum.wav"}) {
    write_clip(folder / name);
  }
  write_text_file(folder / "testing_list.txt", "yes/b_nohash_0.wav\ncat/b_nohash_0.wav\n");
  write_text_file(folder / "validation_list.txt", "cat/c_nohash_0.wav\n");
  const Specification specification = folder_specification(folder.path(), kClasses);
  EXPECT_EQ(specification.keywords, (std::vector<std::string>{"yes", "no"}));
  EXPECT_EQ(specification.data.unknown.label, "_unknown_");
  const auto data = load_test_data(specification, folder.path(), dataset::Split::kTest);
  const auto clips = data.clips_of(dataset::Split::kTest);
  ASSERT_EQ(clips.size(), 2U);  // "no" has no clips, and that is no error
  EXPECT_EQ(data.classes[static_cast<size_t>(clips[0].label)], "_unknown_");
  EXPECT_EQ(data.classes[static_cast<size_t>(clips[1].label)], "yes");
  EXPECT_EQ(data.ambient.of(dataset::Split::kTest).size(), 1U);
}

TEST(TestData, OfAFolderWithoutListsIsAllTested) {
  const test::TemporaryFolder folder;
  for (const char* name : {"yes/1.wav", "no/2.wav", "dog/3.wav"}) write_clip(folder / name);
  const Specification specification = folder_specification(folder.path(), kClasses);
  const auto data = load_test_data(specification, folder.path(), dataset::Split::kTest);
  EXPECT_EQ(data.clips_of(dataset::Split::kTest).size(), 3U);
  EXPECT_EQ(data.warnings.size(), 1U);
}

TEST(TestData, WithoutUnknownClassOtherWordsAreLeftOut) {
  const test::TemporaryFolder folder;
  for (const char* name : {"yes/1.wav", "no/2.wav", "dog/3.wav"}) write_clip(folder / name);
  const Specification specification = folder_specification(folder.path(), {"yes", "no"});
  const auto data = load_test_data(specification, folder.path(), dataset::Split::kTest);
  EXPECT_EQ(data.clips_of(dataset::Split::kTest).size(), 2U);
}

}  // namespace
}  // namespace stapes::evaluation
