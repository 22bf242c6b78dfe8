#include "toolkit/augmentation/preview.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/toolkit/augmentation/small_dataset.h"

namespace stapes::augmentation {
namespace {

TEST(Preview, WritesSoundsImagesAndTheDraws) {
  const test::SmallDataset small;
  const test::TemporaryFolder folder;
  write_text_file(folder / "mine.txt", "kept");
  PreviewOptions options;
  options.clips = 7;
  const auto items = write_preview(small.specification, small.data, folder / "preview", options);
  ASSERT_EQ(items.size(), 7U);
  std::set<std::string> labels;
  for (const PreviewItem& item : items) {
    EXPECT_EQ(audio::read_audio(item.sound).clip.samples.size(), 32000U);
    EXPECT_EQ(read_file(item.image)[1], 'P');  // the signature is 0x89 "PNG"
    labels.insert(item.label);
  }
  EXPECT_EQ(labels.size(), 3U);
  const std::string table = read_text_file(folder / "preview" / "draws.csv");
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 8);
  const auto columns = [](const std::string& line) {
    return std::count(line.begin(), line.end(), ',');
  };
  for (size_t begin = 0; begin < table.size(); begin = table.find('\n', begin) + 1) {
    EXPECT_EQ(columns(table.substr(begin, table.find('\n', begin) - begin)), 13);
  }
  EXPECT_EQ(read_text_file(folder / "mine.txt"), "kept");
}

TEST(Preview, NotMoreClipsThanThereAre) {
  const test::SmallDataset small(1);
  const test::TemporaryFolder folder;
  EXPECT_EQ(write_preview(small.specification, small.data, folder.path()).size(), 3U);
}

}  // namespace
}  // namespace stapes::augmentation
