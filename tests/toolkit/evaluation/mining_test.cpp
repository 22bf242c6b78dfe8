#include "toolkit/evaluation/mining.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_test_model.h"
#include "tests/toolkit/audio/test_signals.h"
#include "toolkit/audio/read.h"
#include "toolkit/base/error.h"
#include "toolkit/dataset/csv.h"
#include "toolkit/dataset/manifest.h"

namespace stapes::evaluation {
namespace {

// Silence, with a tone of 0.3 s that begins at each of the seconds.
Path recording_with_tones(const Path& file, double hz, const std::vector<double>& seconds) {
  audio::Clip clip;
  clip.sample_rate_hz = 16000;
  clip.samples.assign(5 * 16000, 0.0F);
  const std::vector<float> tone = test::tone(hz, 0.3, 4800);
  for (const double second : seconds) {
    std::copy(tone.begin(), tone.end(),
              clip.samples.begin() + static_cast<std::ptrdiff_t>(second * 16000));
  }
  audio::write_audio(file, clip);
  return file;
}

MiningOptions options_for_tones() {
  MiningOptions options;
  options.score = 0.8;
  options.hop_ms = 20;
  options.suppression_ms = 600;
  return options;
}

TEST(Mining, FindsEachSoundThatIsTakenForAKeywordOnce) {
  const test::TemporaryFolder folder;
  const std::vector<Path> recordings = {recording_with_tones(folder / "a.wav", 5000.0, {1.0, 3.0}),
                                        recording_with_tones(folder / "quiet.wav", 5000.0, {}),
                                        recording_with_tones(folder / "b.wav", 300.0, {2.0})};
  MiningOptions options = options_for_tones();
  options.threads = 2;
  const auto found = find_hard_negatives(test::tiny_test_model(), recordings, options);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].keyword, "high");
  EXPECT_EQ(found[1].keyword, "high");
  EXPECT_EQ(found[2].keyword, "low");
  EXPECT_EQ(found[2].recording, recordings[2]);
  for (const auto& [window, second] :
       {std::pair{found[0], 1.0}, {found[1], 3.0}, {found[2], 2.0}}) {
    // The window holds some of the tone.
    EXPECT_GT(static_cast<double>(window.begin_ms), 1000.0 * second - 200.0);
    EXPECT_LT(static_cast<double>(window.begin_ms), 1000.0 * second + 300.0);
    EXPECT_GE(window.score, options.score);
  }
}

TEST(Mining, TheSameForAnyNumberOfThreadsAndTheBestOfThem) {
  const test::TemporaryFolder folder;
  std::vector<Path> recordings;
  for (int i = 0; i < 4; ++i) {
    recordings.push_back(recording_with_tones(folder / ("r" + std::to_string(i) + ".wav"),
                                              4000.0 + 300.0 * i, {0.5, 2.0 + 0.3 * i}));
  }
  MiningOptions options = options_for_tones();
  options.threads = 1;
  const auto all = find_hard_negatives(test::tiny_test_model(), recordings, options);
  options.threads = 3;
  const auto again = find_hard_negatives(test::tiny_test_model(), recordings, options);
  ASSERT_EQ(all.size(), again.size());
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].begin_ms, again[i].begin_ms);
    EXPECT_EQ(all[i].score, again[i].score);
  }
  options.maximum = 3;
  const auto best = find_hard_negatives(test::tiny_test_model(), recordings, options);
  EXPECT_EQ(best.size(), 3U);
  double worst = 1.0;
  for (const HardNegative& window : best) worst = std::min(worst, window.score);
  size_t higher = 0;
  for (const HardNegative& window : all) higher += window.score > worst ? 1 : 0;
  EXPECT_LT(higher, 3U);
}

TEST(Mining, WritesClipsThatTheModelTakesForAKeywordAndAListOfThem) {
  const test::TemporaryFolder folder;
  const Path recording = recording_with_tones(folder / "my sound.wav", 5000.0, {0.05, 4.65});
  const auto found = find_hard_negatives(test::tiny_test_model(), {recording}, options_for_tones());
  ASSERT_EQ(found.size(), 2U);
  const Path output = folder / "mined";
  write_hard_negatives(found, test::tiny_test_model(), output);
  const auto manifest = dataset::read_manifest(output / dataset::kManifestName);
  ASSERT_EQ(manifest.size(), 2U);
  for (const dataset::ManifestEntry& entry : manifest) {
    EXPECT_EQ(entry.split, "train");
    EXPECT_TRUE(entry.path.starts_with("_unknown_/mined/my_sound_nohash_")) << entry.path;
    EXPECT_EQ(audio::read_audio(output / entry.path).clip.samples.size(), 3200U);
  }
  const dataset::CsvTable list = dataset::read_csv(output / "mined.csv");
  ASSERT_EQ(list.rows.size(), 2U);
  EXPECT_EQ(list.rows[0][1], recording.string());
  EXPECT_EQ(list.rows[0][3], "high");
  // A second run leaves nothing of the first one.
  write_hard_negatives({found[1]}, test::tiny_test_model(), output);
  EXPECT_EQ(dataset::read_manifest(output / dataset::kManifestName).size(), 1U);
  EXPECT_FALSE(std::filesystem::exists(output / list.rows[0][0]));
  EXPECT_TRUE(std::filesystem::exists(output / list.rows[1][0]));
}

TEST(Mining, LeavesOtherRecordingsAlone) {
  const test::TemporaryFolder folder;
  write_text_file(folder / "manifest.csv", "path\nyes/a.wav\n");
  EXPECT_THROW(write_hard_negatives({}, test::tiny_test_model(), folder.path()), Error);
}

}  // namespace
}  // namespace stapes::evaluation
