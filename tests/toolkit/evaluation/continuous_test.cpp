// Continuous sound, the thresholds found on it, and what is said about them.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/support/temporary_folder.h"
#include "tests/support/tones.h"
#include "toolkit/base/error.h"
#include "toolkit/base/files.h"
#include "toolkit/evaluation/threshold_report.h"

namespace stapes::evaluation {
namespace {

// High and low tones as keywords, others between them, and faint noise.
class ContinuousSoundTest : public testing::Test {
 protected:
  ContinuousSoundTest() {
    model_.name = "tiny";
    model_.path = "tiny.tflite";
    model_.graph = test::tiny_graph();
    model_.parameters = test::tiny_parameters();
    model_.classes = test::tiny_classes();
    model_.features.front_end.sample_length_ms = 200;
    model_.features.front_end.filterbank_n_channels = test::kTinyChannels;
    model_.features.normalization = Normalization::kMeanAndStd;
    settings_ = stream_settings(model_);
    specification_.keywords = {"high", "low"};
    specification_.features = model_.features;
    data_.classes = specification_.classes();
    data_.unknown_label = 2;
    for (int i = 0; i < 20; ++i) {
      add("high", 0, 4200.0 + 100.0 * i);
      add("low", 1, 200.0 + 10.0 * i);
      add("other", 2, 900.0 + 60.0 * i);
    }
    const Path noise = folder_ / "noise.wav";
    audio::Clip clip = test::silence(3.0);
    for (size_t i = 0; i < clip.samples.size(); ++i) {
      clip.samples[i] = 0.01F * static_cast<float>(static_cast<int>(i * 7919 % 201) - 100) / 100.0F;
    }
    audio::write_audio(noise, clip);
    for (auto& files : data_.ambient.files) files = {noise};
  }

  void add(const std::string& word, int label, double hz) {
    const Path path = folder_ / word / (std::to_string(static_cast<int>(hz)) + ".wav");
    audio::write_audio(path, test::tone(hz, 0.3));
    data_.clips.push_back({path, word, label, "", dataset::Split::kTest, "test", 1});
  }

  ContinuousSound sound(uint64_t seed = 1, double hours = 0.04) const {
    ContinuousOptions options;
    options.seed = seed;
    options.hours = hours;
    return {specification_, data_, {}, dataset::Split::kTest, options};
  }

  std::vector<StreamRecording> recordings(int threads = 0, const Path& cache = {}) const {
    RecordingOptions options;
    options.title = "Listening";
    options.threads = threads;
    options.cache = cache;
    return record_streams(model_, settings_, sound(), {0, 1, 2}, options);
  }

  test::TemporaryFolder folder_;
  TestModel model_;
  StreamSettings settings_;
  Specification specification_;
  dataset::Dataset data_;
};

TEST_F(ContinuousSoundTest, DependsOnTheSeedAndTheNumberOfTheStreamOnly) {
  const ContinuousSound first = sound(1), same = sound(1), other = sound(2);
  ASSERT_EQ(first.size(), same.size());
  std::set<SoundKind> kinds;
  std::vector<int> spoken(2, 0);
  for (size_t i = first.size(); i-- > 0;) {
    const SoundStream stream = first.make(i);
    kinds.insert(stream.kind);
    EXPECT_EQ(stream.samples, same.make(i).samples);
    EXPECT_NE(stream.samples, other.make(i).samples);
    int64_t last = ContinuousSound::kLeadInMs;
    for (const SpokenKeyword& keyword : stream.keywords) {
      EXPECT_GE(keyword.begin_ms, last);
      EXPECT_NEAR(static_cast<double>(keyword.end_ms - keyword.begin_ms), 300.0, 1.0);
      last = keyword.end_ms + Detections::kHitMs;
      ++spoken[static_cast<size_t>(keyword.label)];
    }
    EXPECT_LT(last, static_cast<int64_t>(stream.samples.size()) / 16 + 1);
  }
  EXPECT_EQ(kinds, (std::set<SoundKind>{SoundKind::kKeywords, SoundKind::kUnknownWords,
                                        SoundKind::kNoise}));
  EXPECT_EQ(spoken, (std::vector<int>{20, 20}));
}

TEST_F(ContinuousSoundTest, KnowsItsRecordingsOfWhichHalfAreMoreWords) {
  ContinuousOptions options;
  options.more_words = {folder_ / "other/900.wav"};
  const ContinuousSound heard(specification_, data_, {}, dataset::Split::kTest, options);
  size_t own = 0, more = 0;
  for (size_t i = 0; i < heard.size() && own + more < 200; ++i) {
    if (heard.kind(i) != SoundKind::kUnknownWords) continue;
    const SoundStream stream = heard.make(i);
    for (const HeardRecording& piece : stream.heard) ++(piece.recording == 20 ? more : own);
    EXPECT_TRUE(
        std::is_sorted(stream.heard.begin(), stream.heard.end(),
                       [](const auto& a, const auto& b) { return a.begin_ms < b.begin_ms; }));
  }
  EXPECT_GT(own + more, 100U);
  EXPECT_NEAR(static_cast<double>(more) / static_cast<double>(own + more), 0.5, 0.15);
}

TEST_F(ContinuousSoundTest, NeedsKeywordsAndNoise) {
  data_.ambient = {};
  EXPECT_THROW(sound(), Error);
  data_.clips.clear();
  EXPECT_THROW(sound(), Error);
}

TEST_F(ContinuousSoundTest, RecordingsDependNeitherOnThreadsNorOnAnInterruption) {
  const std::vector<StreamRecording> one = recordings(1);
  const std::vector<StreamRecording> three = recordings(3, folder_ / "heard");
  std::filesystem::remove(folder_ / "heard/0001.cbor");
  write_text_file(folder_ / "heard/0002.cbor", "damaged");
  const std::vector<StreamRecording> again = recordings(2, folder_ / "heard");
  ASSERT_EQ(one.size(), three.size());
  for (size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].scores, three[i].scores);
    EXPECT_EQ(one[i].scores, again[i].scores);
    EXPECT_EQ(one[i].times_ms, again[i].times_ms);
    EXPECT_EQ(one[i].keywords.size(), again[i].keywords.size());
  }
  settings_.spotter.detector.suppression_ms = 1;
  EXPECT_THROW(recordings(), Error);
}

// Leaving inferences out of a recording is what a spotter does that has to wait for longer.
TEST_F(ContinuousSoundTest, RarerInferencesAreThoseOfASlowerDevice) {
  constexpr int32_t kInterval = 40;
  settings_.spotter.latency_ms = kInterval / 2;
  const std::vector<StreamRecording> often = recordings();
  settings_.spotter.latency_ms = kInterval;
  const std::vector<StreamRecording> slow = recordings();
  for (size_t i = 0; i < often.size(); ++i) {
    const StreamRecording rarer = at_interval(often[i], kInterval);
    EXPECT_EQ(rarer.times_ms, slow[i].times_ms);
    EXPECT_EQ(rarer.scores, slow[i].scores);
  }
}

// Trying thresholds on the candidates is the spotter itself with these thresholds.
TEST_F(ContinuousSoundTest, DetectionsAreTheSpottersOwn) {
  const auto streams = find_candidates(recordings(), model_.classes, settings_, 2);
  const ContinuousSound heard = sound();
  for (const Thresholds& thresholds : {Thresholds{100, 120, 0}, Thresholds{180, 60, 255},
                                       Thresholds{10, 10, 10}, Thresholds{255, 200, 1}}) {
    const Detections found = detect(streams, model_.classes, settings_, thresholds);
    StreamSettings with = settings_;
    with.detection_thresholds = thresholds;
    size_t in_words = 0, elsewhere = 0;
    for (size_t i = 0; i < heard.size(); ++i) {
      StreamSpotter spotter(model_, with);
      const SoundStream stream = heard.make(i);
      spotter.push(stream.samples, [&](const Spotter::Inference& inference) {
        if (!inference.detection.is_new || inference.time_ms < ContinuousSound::kLeadInMs) return;
        ++(stream.kind == SoundKind::kKeywords ? in_words : elsewhere);
      });
    }
    EXPECT_EQ(found.false_accepts(), elsewhere);
    EXPECT_GE(in_words, found.hits() + found.wrong_words);
    EXPECT_EQ(found.spoken(), 40U);
    EXPECT_EQ(in_words == 0, found.hits() + found.wrong_words == 0);
  }
  EXPECT_GT(detect(streams, model_.classes, settings_, {100, 100, 0}).hits(), 20U);
  EXPECT_EQ(detect(streams, model_.classes, settings_, {255, 255, 0}).hits(), 0U);
}

WordCurve curve(const std::vector<std::pair<size_t, size_t>>& at_levels) {
  WordCurve result;
  result.spoken = 10;
  for (size_t t = 0; t < 256; ++t) {
    const auto& [hits, accepts] = at_levels[std::min(t / 64, at_levels.size() - 1)];
    result.hits.push_back(hits);
    result.false_accepts.push_back(accepts);
  }
  return result;
}

TEST(ThresholdPath, SpendsFalseAcceptsWhereTheyWinMost) {
  // The last level, from 192 on, detects nothing. Threshold 191 is the highest of its level.
  const WordCurve cheap = curve({{10, 8}, {9, 2}, {8, 1}, {0, 0}});
  const WordCurve dear = curve({{10, 9}, {6, 9}, {4, 6}, {0, 0}});
  const std::vector<Thresholds> path = threshold_path({cheap, dear, WordCurve()});
  ASSERT_GE(path.size(), 4U);
  EXPECT_EQ(path[0], (Thresholds{255, 255, 255}));
  EXPECT_EQ(path[1], (Thresholds{191, 255, 255}));
  for (size_t i = 1; i < path.size(); ++i) {
    EXPECT_NE(path[i], path[i - 1]);
    for (size_t word = 0; word < 3; ++word) EXPECT_LE(path[i][word], path[i - 1][word]);
  }
  EXPECT_EQ(path.back(), (Thresholds{63, 63, 255}));
}

TEST(ThresholdPath, ChoosesTheLoosestThatIsAllowed) {
  std::vector<Detections> points(4);
  for (size_t i = 0; i < points.size(); ++i) {
    points[i].sounds = {{0, 0.0, {}}, {0, 2.0, {}}};
    points[i].words = {{0, 0, 3 * i}};
  }
  EXPECT_EQ(choose(points, 2.0), 1U);  // 3 in two hours
  EXPECT_EQ(choose(points, 3.0), 2U);
  EXPECT_EQ(choose(points, 0.0), 0U);
}

TEST_F(ContinuousSoundTest, ReportsWhatTheThresholdsDo) {
  const auto streams = find_candidates(recordings(), model_.classes, settings_, 2);
  ThresholdReport report =
      make_report(model_, settings_, 20000.0, WordThresholds::kEachItsOwn, streams, streams, 2);
  report.chooser.split = "validation";
  report.judge.split = "test";
  const nlohmann::ordered_json json = report_json(report);
  const nlohmann::ordered_json at = json["reported_on"]["at_thresholds"];
  EXPECT_LE(at["false_accepts_per_hour"].get<double>(), 20000.0);
  EXPECT_EQ(at["spoken"], 40);
  EXPECT_GT(at["hit_rate"].get<double>(), 0.5);
  EXPECT_EQ(at["hit_rate"], json["reported_on"]["hit_rate_at_wanted"]);
  EXPECT_EQ(json["parameters"]["detection_threshold_list"].size(), 3U);
  EXPECT_EQ(json["parameters"]["average_window_duration_ms"], 50);
  const std::string csv = curve_csv(report);
  EXPECT_EQ(csv.find("chosen,validation_false_accepts_per_hour"), 0U);
  EXPECT_EQ(static_cast<size_t>(std::count(csv.begin(), csv.end(), '\n')), report.path.size() + 1);
  EXPECT_NE(report_text(report).find("- high > "), std::string::npos);
  write_pictures(report, folder_.path());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "tiny-operating-points.png"));
}

}  // namespace
}  // namespace stapes::evaluation
