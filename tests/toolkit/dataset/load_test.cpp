#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/support/reference_data.h"
#include "tests/support/temporary_folder.h"
#include "tests/toolkit/dataset/small_recordings.h"
#include "toolkit/base/error.h"
#include "toolkit/dataset/dataset.h"

namespace stapes::dataset {
namespace {

std::string message_of(const Specification& specification, const Path& root) {
  try {
    load_dataset(specification, root);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(LoadDataset, LabelsWordsAndTreatsTheOthersAsUnknown) {
  const test::TemporaryFolder folder;
  test::write_recordings(folder.path(), {"yes", "no", "maybe", "_background_noise_"}, 20);
  test::write_recordings(folder / "_unknown_", {"cat", "yes"}, 1);
  const Dataset data = load_dataset(test::small_specification(), folder.path());
  EXPECT_EQ(data.classes, (std::vector<std::string>{"yes", "no", "_unknown_"}));
  EXPECT_EQ(data.unknown_label, 2);
  EXPECT_TRUE(data.skipped.empty());
  std::map<std::string, std::set<int>> labels;
  for (const ClipReference& clip : data.clips) labels[clip.word].insert(clip.label);
  EXPECT_EQ(labels, (std::map<std::string, std::set<int>>{
                        {"yes", {0}}, {"no", {1}}, {"maybe", {2}}, {"cat", {2}}}));
}

TEST(LoadDataset, SplitsBySpeakerAndTheSameWayEveryTime) {
  const test::TemporaryFolder folder;
  test::write_recordings(folder.path(), {"yes", "no", "maybe"}, 40);
  Specification specification = test::small_specification();
  const Dataset data = load_dataset(specification, folder.path());
  EXPECT_EQ(data.clips.size(), 120U);
  std::map<std::string, std::set<Split>> splits;
  for (const ClipReference& clip : data.clips) splits[clip.speaker].insert(clip.split);
  EXPECT_EQ(splits.size(), 40U);
  for (const auto& [speaker, of_speaker] : splits) EXPECT_EQ(of_speaker.size(), 1U) << speaker;
  for (const Split split : kSplits) EXPECT_FALSE(data.clips_of(split).empty());

  LoadOptions one_thread;
  one_thread.threads = 1;
  const Dataset again = load_dataset(specification, folder.path(), one_thread);
  ASSERT_EQ(again.clips.size(), data.clips.size());
  for (size_t i = 0; i < data.clips.size(); ++i) {
    EXPECT_EQ(again.clips[i].path, data.clips[i].path);
    EXPECT_EQ(again.clips[i].split, data.clips[i].split);
  }

  specification.data.split.seed = 43;
  const Dataset other = load_dataset(specification, folder.path());
  size_t moved = 0;
  for (size_t i = 0; i < data.clips.size(); ++i)
    moved += other.clips[i].split != data.clips[i].split;
  EXPECT_GT(moved, 0U);
}

TEST(LoadDataset, NewSpeakersDoNotMoveTheOthers) {
  const test::TemporaryFolder folder;
  test::write_recordings(folder.path(), {"yes", "no", "maybe"}, 40);
  const Dataset before = load_dataset(test::small_specification(), folder.path());
  test::write_recordings(folder.path(), {"yes", "no", "maybe"}, 60);
  const Dataset after = load_dataset(test::small_specification(), folder.path());
  std::map<Path, Split> splits;
  for (const ClipReference& clip : after.clips) splits[clip.path] = clip.split;
  for (const ClipReference& clip : before.clips) EXPECT_EQ(splits[clip.path], clip.split);
}

TEST(LoadDataset, ManifestGivesSpeakerAndSplit) {
  const test::TemporaryFolder folder;
  const std::vector<std::string> names = {"a", "b", "c"};
  std::string manifest = "path,speaker,split,source\r\n";
  for (const std::string word : {"yes", "no", "maybe"}) {
    for (size_t i = 0; i < 3; ++i) {
      test::write_tone(folder / word / (names[i] + ".wav"));
      manifest += word + "/" + names[i] + ".wav,\"Smith, " + names[i] + "\"," +
                  std::string(split_name(kSplits[i])) + ",studio\r\n";
    }
  }
  write_text_file(folder / "manifest.csv", manifest);
  const Dataset data = load_dataset(test::small_specification(), folder.path());
  ASSERT_EQ(data.clips.size(), 9U);
  for (const ClipReference& clip : data.clips) {
    EXPECT_EQ(clip.speaker, "Smith, " + clip.path.stem().string());
    EXPECT_EQ(clip.source, "studio");
    EXPECT_EQ(clip.split, kSplits[static_cast<size_t>(clip.path.stem().string()[0] - 'a')]);
  }
}

TEST(LoadDataset, ListOfTheWholeRootOverrulesAndSelects) {
  const test::TemporaryFolder folder;
  test::write_recordings(folder / "mine", {"yes", "no", "maybe"}, 3);
  std::string list = "path,split,speaker,source\n";
  for (const std::string word : {"yes", "no", "maybe"}) {
    list += "mine/" + word + "/speaker0_nohash_0.wav,test,,x\n";
    list += "mine/" + word + "/speaker1_nohash_0.wav,train,,x\n";
  }
  list += "mine/yes/gone.wav,train,s,x\n";
  write_text_file(folder / "splits.csv", list);
  Specification specification = test::small_specification();
  specification.data.sources[0].path = "mine";
  specification.data.sources[0].splits = "splits.csv";
  specification.data.sources[0].repeat = 3;
  const Dataset data = load_dataset(specification, folder.path());
  EXPECT_EQ(data.clips.size(), 6U);
  EXPECT_EQ(data.skipped.size(), 4U);  // speaker2 is not in the list, gone.wav is not there
  EXPECT_EQ(data.class_counts(Split::kTrain), (std::vector<size_t>{3, 3, 3}));
  EXPECT_EQ(data.class_counts(Split::kTest), (std::vector<size_t>{1, 1, 1}));
  EXPECT_EQ(data.clips_of(Split::kTrain).size(), 9U);

  specification.data.sources[0].only_splits = {"train"};
  EXPECT_TRUE(load_dataset(specification, folder.path()).clips_of(Split::kTest).empty());
}

TEST(LoadDataset, MaximumOfUnknownClips) {
  const test::TemporaryFolder folder;
  test::write_recordings(folder.path(), {"yes", "no", "maybe"}, 30);
  Specification specification = test::small_specification();
  const Dataset all = load_dataset(specification, folder.path());
  specification.data.unknown.maximum_clips = 5;
  const Dataset some = load_dataset(specification, folder.path());
  EXPECT_EQ(some.class_counts(Split::kTrain)[2], 5U);
  EXPECT_EQ(some.class_counts(Split::kTrain)[0], all.class_counts(Split::kTrain)[0]);
  EXPECT_EQ(some.class_counts(Split::kTest), all.class_counts(Split::kTest));
}

TEST(LoadDataset, BalancedWeights) {
  const test::TemporaryFolder folder;
  test::write_recordings(folder.path(), {"yes", "no", "maybe", "other"}, 30);
  const Dataset data = load_dataset(test::small_specification(), folder.path());
  const std::vector<size_t> counts = data.class_counts(Split::kTrain);
  const double total = static_cast<double>(counts[0] + counts[1] + counts[2]);
  const std::vector<double> weights = data.class_weights("balanced");
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_DOUBLE_EQ(weights[c], total / (3.0 * static_cast<double>(counts[c])));
  }
  EXPECT_EQ(data.class_weights("none"), (std::vector<double>{1, 1, 1}));
}

TEST(LoadDataset, SkipsWhatIsNotAudioAndSaysSo) {
  const test::TemporaryFolder folder;
  test::write_recordings(folder.path(), {"yes", "no", "maybe"}, 20);
  write_text_file(folder / "yes/empty_nohash_0.wav", "");
  write_text_file(folder / "yes/text_nohash_0.wav", "this is not sound");
  const Bytes whole = read_file(folder / "yes/speaker0_nohash_0.wav");
  write_file(folder / "no/cut_nohash_0.wav", std::span(whole).first(whole.size() / 2));
  LoadOptions options;
  options.check = Check::kDecode;
  const Dataset data = load_dataset(test::small_specification(), folder.path(), options);
  EXPECT_EQ(data.clips.size(), 60U);
  ASSERT_EQ(data.skipped.size(), 3U);
  for (const SkippedFile& file : data.skipped) EXPECT_FALSE(file.why.empty());
}

TEST(LoadDataset, DecodesTheSplitsThatAreAskedForAndSplitsAlike) {
  const test::TemporaryFolder folder;
  test::write_recordings(folder.path(), {"yes", "no", "maybe"}, 20);
  const Specification specification = test::small_specification();
  const Dataset before = load_dataset(specification, folder.path());
  const ClipReference broken = before.clips_of(Split::kTest).front();
  test::write_cut_recording(broken.path);

  EXPECT_TRUE(load_dataset(specification, folder.path()).skipped.empty());
  LoadOptions options;
  options.check = Check::kDecode;
  options.decoded = {Split::kTrain, Split::kValidation};
  EXPECT_TRUE(load_dataset(specification, folder.path(), options).skipped.empty());
  options.decoded = {Split::kTest};
  const Dataset data = load_dataset(specification, folder.path(), options);
  ASSERT_EQ(data.skipped.size(), 1U);
  EXPECT_EQ(data.skipped[0].path, broken.path);
  EXPECT_EQ(skipped_text(data.skipped).find("1 file is skipped:\n  "), 0U);

  std::map<Path, Split> splits;
  for (const ClipReference& clip : before.clips) splits[clip.path] = clip.split;
  ASSERT_EQ(data.clips.size(), before.clips.size() - 1);
  for (const ClipReference& clip : data.clips) EXPECT_EQ(splits[clip.path], clip.split);
}

TEST(LoadDataset, NoiseFollowsTheNearestManifest) {
  const test::TemporaryFolder folder;
  test::write_recordings(folder.path(), {"yes", "no", "maybe"}, 20);
  test::write_tone(folder / "_background_noise_/ambient/hum.wav");
  test::write_tone(folder / "_background_noise_/ambient/babble.wav");
  write_text_file(folder / "manifest.csv",
                  "path,split\n_background_noise_/ambient/babble.wav,test\n");
  Specification specification = test::small_specification();
  specification.data.noise.ambient = {"_background_noise_/ambient"};
  const Dataset data = load_dataset(specification, folder.path());
  EXPECT_EQ(data.ambient.of(Split::kTrain).size(), 1U);
  EXPECT_EQ(data.ambient.of(Split::kTest).size(), 2U);
  EXPECT_TRUE(data.rooms.of(Split::kTrain).empty());
}

TEST(LoadDataset, ErrorsSayWhatToDo) {
  const test::TemporaryFolder folder;
  Specification specification = test::small_specification();
  EXPECT_NE(message_of(specification, folder / "nowhere").find("--data or $STAPES_DATA"),
            std::string::npos);
  EXPECT_NE(message_of(specification, folder.path()).find("no recordings"), std::string::npos);

  test::write_recordings(folder.path(), {"yes", "no", "maybe"}, 1);
  EXPECT_NE(message_of(specification, folder.path()).find("cannot split by speaker"),
            std::string::npos);
  EXPECT_NE(message_of(specification, folder.path()).find("1 speaker (speaker0)"),
            std::string::npos);

  test::write_recordings(folder.path(), {"yes", "no", "maybe"}, 20);
  Specification misspelt = specification;
  misspelt.keywords = {"yes", "nno"};
  EXPECT_NE(message_of(misspelt, folder.path()).find("did you mean \"no\"?"), std::string::npos);

  Specification single = specification;
  single.keywords = {"yes"};
  single.data.unknown.label = "";
  EXPECT_NE(message_of(single, folder.path()).find("one class"), std::string::npos);

  Specification no_unknown = specification;
  no_unknown.keywords = {"yes", "no", "maybe"};
  EXPECT_NE(message_of(no_unknown, folder.path()).find("no clips of the class \"_unknown_\""),
            std::string::npos);

  Specification noise = specification;
  noise.data.noise.rooms = {"rooms"};
  EXPECT_NE(message_of(noise, folder.path()).find("data.noise.rooms"), std::string::npos);

  write_text_file(folder / "manifest.csv",
                  "path,speaker,split\nyes/speaker1_nohash_0.wav,,train\n"
                  "no/speaker1_nohash_0.wav,,test\n");
  EXPECT_NE(message_of(specification, folder.path()).find("is in two splits"), std::string::npos);
}

TEST(LoadDataset, AFolderWithoutUsableClipsIsAnError) {
  const test::TemporaryFolder folder;
  test::write_recordings(folder.path(), {"yes", "maybe"}, 20);
  write_text_file(folder / "no/broken_nohash_0.wav", "no sound");
  const std::string message = message_of(test::small_specification(), folder.path());
  EXPECT_NE(message.find("no clips of the word \"no\""), std::string::npos);
  EXPECT_NE(message.find("1 file is skipped"), std::string::npos) << message;
}

TEST(LoadDataset, ClipsOfNobodyAreForTrainingOnly) {
  const test::TemporaryFolder folder;
  test::write_recordings(folder.path(), {"yes", "no", "maybe"}, 20);
  test::write_tone(folder / "yes/recording 1.wav");
  const Dataset data = load_dataset(test::small_specification(), folder.path());
  for (const ClipReference& clip : data.clips) {
    EXPECT_TRUE(!clip.speaker.empty() || clip.split == Split::kTrain);
  }
  ASSERT_FALSE(data.warnings.empty());
}

// The figures are those of the folder's own README: 1,261 keyword clips and 1,336 others in the
// test split, 571 unknown clips for training, 450 of them from other_words.
TEST(LoadDataset, TwelveCommands) {
  STAPES_REQUIRE_REFERENCE_DATA("speech/splits.csv");
  const Specification specification =
      read_specification(Path(STAPES_SOURCE_FOLDER) / "models/commands12.toml");
  const Dataset data = load_dataset(specification, test::reference_data() / "speech");
  const std::vector<size_t> test_counts = data.class_counts(Split::kTest);
  ASSERT_EQ(test_counts.size(), 13U);
  size_t keywords = 0;
  for (size_t c = 0; c < 12; ++c) keywords += test_counts[c];
  EXPECT_EQ(keywords, 1261U);
  EXPECT_EQ(test_counts[12], 1336U);
  EXPECT_EQ(data.class_counts(Split::kTrain)[12], 2U * 450 + 3U * 121);  // as often as they count
  EXPECT_EQ(data.ambient.of(Split::kTrain).size(), 163U);
  EXPECT_EQ(data.ambient.of(Split::kTest).size(), 54U);
  EXPECT_EQ(data.rooms.of(Split::kTrain).size(), 58U);
  EXPECT_TRUE(data.skipped.empty());
}

}  // namespace
}  // namespace stapes::dataset
