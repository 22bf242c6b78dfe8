#include "toolkit/dataset/synthesis/synthesize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/support/temporary_folder.h"
#include "tests/toolkit/dataset/small_recordings.h"
#include "toolkit/audio/read.h"
#include "toolkit/base/error.h"
#include "toolkit/dataset/csv.h"
#include "toolkit/dataset/manifest.h"

namespace stapes::dataset {
namespace {

SynthesisOptions small_options(const Path& output) {
  SynthesisOptions options;
  options.settings.words = {"yes", "no"};
  options.settings.clips_per_word = 20;
  options.settings.unknown_clips = 20;
  options.output = output;
  options.surroundings = false;
  return options;
}

std::map<std::string, std::string> checksums(const Path& folder) {
  std::map<std::string, std::string> sums;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      sums[entry.path().lexically_relative(folder).string()] = sha256_of_file(entry.path());
    }
  }
  return sums;
}

TEST(Voices, NoTimbreIsInTwoSplits) {
  std::map<std::string, Split> splits;
  std::set<std::string> names;
  for (const Split split : kSplits) {
    const std::vector<Voice> voices = voices_of(split, 1);
    EXPECT_GT(voices.size(), 50U);
    for (const Voice& voice : voices) {
      EXPECT_EQ(voice.split, split);
      EXPECT_EQ(splits.emplace(voice.source() + voice.timbre, split).first->second, split);
      EXPECT_TRUE(names.insert(voice.name()).second) << voice.name();
    }
  }
}

TEST(Plan, SharesTheClipsAmongSplitsAndVoices) {
  SynthesisSettings settings;
  settings.words = {"yes", "no"};
  settings.clips_per_word = 200;
  settings.unknown_clips = 100;
  std::vector<Voice> voices;
  for (const Split split : kSplits) {
    for (const Voice& voice : voices_of(split, 1)) voices.push_back(voice);
  }
  std::map<std::pair<Split, std::string>, int> clips;
  std::set<std::string> paths;
  for (const PlannedVoice& voice : plan_clips(settings, voices, {{"cat", "dog", "tree"}, {}})) {
    for (const PlannedClip& clip : voice.clips) {
      ++clips[{voice.voice.split, clip.path.substr(0, clip.path.find('/'))}];
      EXPECT_TRUE(paths.insert(clip.path).second) << clip.path;
    }
  }
  EXPECT_EQ((clips[{Split::kTrain, "yes"}]), 140);
  EXPECT_EQ((clips[{Split::kValidation, "yes"}]), 30);
  EXPECT_EQ((clips[{Split::kTest, "no"}]), 30);
  EXPECT_EQ((clips[{Split::kTrain, "_unknown_"}]), 70);
  EXPECT_EQ(paths.size(), 500U);
}

TEST(Plan, GivesEverythingToTrainingWhereThatIsWanted) {
  SynthesisSettings settings;
  settings.words = {"yes"};
  settings.clips_per_word = 50;
  settings.unknown_clips = 30;
  settings.training_only = true;
  std::vector<Voice> voices = voices_of(Split::kTest, 1, 3);
  for (Voice& voice : voices) voice.split = Split::kTrain;
  size_t clips = 0;
  for (const PlannedVoice& voice : plan_clips(settings, voices, {{"cat"}, {}})) {
    EXPECT_EQ(voice.voice.split, Split::kTrain);
    clips += voice.clips.size();
  }
  EXPECT_EQ(clips, 80U);
}

TEST(Plan, SpeaksSentencesWithOneSplitsVoicesOnly) {
  SynthesisSettings settings;
  settings.clips_per_word = 0;
  settings.unknown_clips = 10;
  settings.sentences = 30;
  settings.only = Split::kValidation;
  std::vector<Voice> voices = voices_of(Split::kTrain, 1, 3);
  for (const Voice& voice : voices_of(Split::kValidation, 1, 3)) voices.push_back(voice);
  std::set<std::string> texts;
  for (const PlannedVoice& voice : plan_clips(settings, voices, {{"cat", "dog"}, {"the"}})) {
    EXPECT_EQ(voice.voice.split, Split::kValidation);
    for (const PlannedClip& clip : voice.clips) {
      if (!clip.path.starts_with("_sentences_/")) continue;
      EXPECT_GE(std::count(clip.utterance.text.begin(), clip.utterance.text.end(), ' '), 3);
      texts.insert(clip.path + clip.utterance.text);
    }
  }
  EXPECT_EQ(texts.size(), 30U);
}

TEST(Voices, AsManySpeakersOfFliteAsWanted) {
  size_t flite = 0;
  for (const Voice& voice : voices_of(Split::kTrain, 1, 5)) {
    flite += voice.engine == Engine::kFlite ? 1 : 0;
  }
  EXPECT_EQ(flite, 10U);
}

TEST(Synthesize, SameBytesForAnyNumberOfProcesses) {
  const test::TemporaryFolder folder;
  SynthesisOptions options = small_options(folder / "one");
  options.processes = 1;
  const SynthesisResult result = synthesize(options);
  EXPECT_EQ(result.made, 60U);
  EXPECT_EQ(result.kept, 0U);
  options.output = folder / "three";
  options.processes = 3;
  synthesize(options);
  const auto one = checksums(folder / "one");
  EXPECT_EQ(one.size(), 62U);  // with manifest.csv and synthesis.json
  EXPECT_EQ(one, checksums(folder / "three"));
}

TEST(Synthesize, MakesAgainOnlyWhatIsMissingOrDamaged) {
  const test::TemporaryFolder folder;
  const SynthesisOptions options = small_options(folder.path());
  synthesize(options);
  const auto before = checksums(folder.path());
  std::filesystem::remove_all(folder / "no");
  const ManifestEntry damaged = read_manifest(folder / "manifest.csv").back();
  write_text_file(folder / damaged.path, "damaged");
  const SynthesisResult result = synthesize(options);
  EXPECT_EQ(result.made, 21U);
  EXPECT_EQ(result.kept, 39U);
  EXPECT_EQ(before, checksums(folder.path()));
}

TEST(Synthesize, MoreClipsLeaveTheOthersAsTheyWere) {
  const test::TemporaryFolder folder;
  SynthesisOptions options = small_options(folder.path());
  synthesize(options);
  const auto before = checksums(folder.path());
  options.settings.clips_per_word = 40;
  synthesize(options);
  auto after = checksums(folder.path());
  for (const auto& [path, sum] : before) {
    EXPECT_TRUE(!path.ends_with(".flac") || after[path] == sum) << path;
  }
}

TEST(Synthesize, RefusesAFolderMadeOtherwise) {
  const test::TemporaryFolder folder;
  SynthesisOptions options = small_options(folder.path());
  options.settings.unknown_clips = 0;
  options.settings.clips_per_word = 7;
  options.settings.without = {"right", "left"};
  synthesize(options);
  options.settings.without = {"left", "right"};  // the same words
  EXPECT_NO_THROW(synthesize(options));
  options.settings.seed = 2;
  EXPECT_THROW(synthesize(options), Error);
  options.output = folder / "recordings";
  write_text_file(options.output / "manifest.csv", "path\nyes/a.wav\n");
  EXPECT_THROW(synthesize(options), Error);
}

TEST(Synthesize, TheResultLoads) {
  const test::TemporaryFolder folder;
  SynthesisOptions options = small_options(folder.path());
  options.surroundings = true;
  synthesize(options);
  Specification specification = test::small_specification();
  specification.data.noise.ambient = {"_background_noise_/ambient"};
  specification.data.noise.microphone = {"_background_noise_/microphone"};
  specification.data.noise.rooms = {"_rooms_"};
  LoadOptions check;
  check.check = Check::kDecode;
  const Dataset data = load_dataset(specification, folder.path(), check);
  EXPECT_TRUE(data.skipped.empty());
  EXPECT_TRUE(data.warnings.empty());
  EXPECT_EQ(data.class_counts(Split::kTrain), (std::vector<size_t>{14, 14, 14}));
  EXPECT_EQ(data.class_counts(Split::kTest), (std::vector<size_t>{3, 3, 3}));
  for (const Split split : kSplits) {
    EXPECT_FALSE(data.ambient.of(split).empty());
    EXPECT_FALSE(data.microphone.of(split).empty());
    EXPECT_FALSE(data.rooms.of(split).empty());
  }
  EXPECT_NE(data.rooms.of(Split::kTrain)[0], data.rooms.of(Split::kTest)[0]);
}

TEST(Plan, WiderProsodyChangesUtterancesAndNothingElse) {
  SynthesisSettings settings;
  settings.words = {"yes"};
  settings.clips_per_word = 200;
  settings.unknown_clips = 0;
  std::vector<Voice> voices;
  for (const Split split : kSplits) {
    for (const Voice& voice : voices_of(split, 1)) voices.push_back(voice);
  }
  const auto usual = plan_clips(settings, voices, {});
  settings.prosody = 2.0;
  const auto wide = plan_clips(settings, voices, {});
  ASSERT_EQ(usual.size(), wide.size());
  double least = 1.0;
  double most = 1.0;
  size_t emphasized = 0;
  for (size_t v = 0; v < wide.size(); ++v) {
    EXPECT_EQ(wide[v].voice.name(), usual[v].voice.name());
    for (size_t c = 0; c < wide[v].clips.size(); ++c) {
      EXPECT_EQ(wide[v].clips[c].path, usual[v].clips[c].path);
      const Utterance& utterance = wide[v].clips[c].utterance;
      EXPECT_FALSE(usual[v].clips[c].utterance.emphasis);
      EXPECT_GE(usual[v].clips[c].utterance.rate, 0.55);
      EXPECT_LE(usual[v].clips[c].utterance.rate, 1.15);
      least = std::min(least, utterance.rate);
      most = std::max(most, utterance.rate);
      emphasized += utterance.emphasis ? 1 : 0;
    }
  }
  EXPECT_LT(least, 0.5);
  EXPECT_GT(most, 1.2);
  EXPECT_GT(emphasized, 60U);
  EXPECT_LT(emphasized, 140U);
}

TEST(Synthesize, FestivalSpeaksTheSameAgain) {
  const test::TemporaryFolder folder;
  SynthesisOptions options = small_options(folder / "one");
  options.settings.words = {"yes"};
  options.settings.training_only = true;
  options.settings.festival_speakers = 60;
  options.settings.flite_speakers = 0;
  options.settings.clips_per_word = 40;
  options.settings.unknown_clips = 0;
  SpeechEngines engines;
  const bool installed = [&] {
    for (const Voice& voice : voices_of(Split::kTrain, 1, 0, 1)) {
      if (voice.engine == Engine::kFestival && engines.has(voice)) return true;
    }
    return false;
  }();
  if (!installed) {
    EXPECT_THROW(synthesize(options), Error);
    GTEST_SKIP() << "Festival is not installed (scripts/install_packages voices)";
  }
  synthesize(options);
  size_t of_festival = 0;
  for (const ManifestEntry& entry : read_manifest(options.output / kManifestName)) {
    if (entry.source != "festival") continue;
    ++of_festival;
    EXPECT_GT(audio::read_audio(options.output / entry.path).clip.samples.size(), 3200U);
  }
  EXPECT_GT(of_festival, 2U);
  options.output = folder / "two";
  options.processes = 3;
  synthesize(options);
  EXPECT_EQ(checksums(folder / "one"), checksums(folder / "two"));
}

TEST(Synthesize, ChosenWordsAreListed) {
  const test::TemporaryFolder folder;
  SynthesisOptions options = small_options(folder.path());
  options.settings.other_words.count = 8;
  synthesize(options);
  const CsvTable table = read_csv(folder / "other_words.csv");
  ASSERT_EQ(table.rows.size(), 8U);
  EXPECT_EQ(table.rows[0][1], "neighbour");
  EXPECT_EQ(table.rows[1][1], "by chance");
  for (const auto& row : table.rows) {
    EXPECT_TRUE(row[2] == "yes" || row[2] == "no") << row[2];
    EXPECT_GT(std::stod(row[3]), 0.0);
    EXPECT_TRUE(std::filesystem::exists(folder / "_unknown_" / row[0])) << row[0];
  }
  options.settings.other_words.count = 9;
  EXPECT_THROW(synthesize(options), Error);
}

TEST(Speech, VoicesDifferAndWordsHaveTheirLength) {
  SpeechEngines engines;
  Utterance utterance;
  utterance.text = "seven";
  const std::vector<Voice> voices = voices_of(Split::kTrain, 1);
  std::set<std::vector<float>> different;
  size_t spoken = 0;
  for (size_t i = 0; i < 40; ++i) {
    if (!engines.has(voices[i])) continue;
    const audio::Clip clip = engines.speak(voices[i], utterance);
    EXPECT_EQ(clip.sample_rate_hz, 16000);
    EXPECT_GT(clip.samples.size(), 3200U) << voices[i].name();
    EXPECT_LT(clip.samples.size(), 20000U) << voices[i].name();
    different.insert(clip.samples);
    ++spoken;
  }
  EXPECT_EQ(different.size(), spoken);
}

}  // namespace
}  // namespace stapes::dataset
