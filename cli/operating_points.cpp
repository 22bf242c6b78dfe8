#include "cli/operating_points.h"

#include <fmt/format.h>

#include <cstdio>

#include "toolkit/base/error.h"
#include "toolkit/dataset/scan.h"
#include "toolkit/evaluation/run.h"
#include "toolkit/evaluation/threshold_report.h"
#include "toolkit/specification/evaluation_settings.h"

namespace stapes::cli {
namespace {

using evaluation::StreamRecording;
using evaluation::StreamSettings;
using evaluation::ThresholdReport;

// What a model says about the continuous sound of two splits.
struct Material {
  evaluation::TestModel model;
  StreamSettings settings;
  std::vector<StreamRecording> chooser;
  std::vector<StreamRecording> judge;
};

// A recording of the model's inferences has no others between them.
void check_intervals(const std::vector<int32_t>& intervals_ms, int32_t latency_ms) {
  for (const int32_t interval : intervals_ms) {
    if (interval >= latency_ms) continue;
    throw UsageError(
        fmt::format("--inference-every {} asks for more inferences than the model's latency_ms of "
                    "{}; change that with `stapes params`",
                    interval, latency_ms));
  }
}

Material hear(const OperatingPointOptions& options, dataset::Split judge, const Path& output) {
  Specification specification = read_specification(options.specification, options.set);
  Material material;
  material.model = evaluation::read_test_model(options.model, &specification);
  material.settings = evaluation::stream_settings(material.model);
  check_intervals(options.intervals_ms,
                  material.settings.spotter.latency_ms);  // before the long work
  specification.features = material.model.features;
  const Path root = data_root(specification, options.data);

  dataset::LoadOptions load;
  load.for_training = false;
  load.check = dataset::Check::kDecode;
  load.decoded = {dataset::Split::kValidation, judge};
  load.threads = options.threads;
  const dataset::Dataset data = dataset::load_dataset(specification, root, load);
  fmt::print(stderr, "{}", dataset::skipped_text(data.skipped));
  const EvaluationSettings heard = read_evaluation_settings(options.specification, options.set);
  const dataset::SoundFiles speech =
      dataset::scan_sounds(heard.speech, heard.splits, "evaluation.speech", root);
  const dataset::SoundFiles more_words =
      dataset::scan_sounds(heard.threshold_words, "", "evaluation.threshold_words", root);
  const dataset::SoundFiles more_speech =
      dataset::scan_sounds(heard.threshold_speech, "", "evaluation.threshold_speech", root);
  const std::vector<int> labels = evaluation::class_mapping(data.classes, material.model.classes);

  for (const dataset::Split split : {dataset::Split::kValidation, judge}) {
    const bool chooses = split == dataset::Split::kValidation;
    evaluation::ContinuousOptions sound_options;
    sound_options.hours = options.hours;
    sound_options.seed = options.seed;
    std::vector<Path> sentences = speech.of(split);
    if (chooses) {
      sound_options.more_words = more_words.of(split);
      sentences.insert(sentences.end(), more_speech.of(split).begin(), more_speech.of(split).end());
    }
    const evaluation::ContinuousSound sound(specification, data, sentences, split, sound_options);
    evaluation::RecordingOptions recording;
    recording.threads = options.threads;
    recording.title = fmt::format("Listening ({})", dataset::split_name(split));
    if (!output.empty()) recording.cache = output / "heard" / dataset::split_name(split);
    (chooses ? material.chooser : material.judge) =
        evaluation::record_streams(material.model, material.settings, sound, labels, recording);
  }
  return material;
}

// With each of the windows; the one with most hits on the split that chooses.
ThresholdReport best_report(const Material& material, const OperatingPointOptions& options) {
  std::vector<int32_t> windows = options.windows_ms;
  if (windows.empty()) {
    windows.push_back(material.settings.spotter.detector.average_window_duration_ms);
  }
  ThresholdReport best;
  for (const int32_t window : windows) {
    StreamSettings settings = material.settings;
    settings.spotter.detector.average_window_duration_ms = window;
    const std::vector<std::string>& classes = material.model.classes;
    const auto candidates = [&](const std::vector<StreamRecording>& recordings) {
      return evaluation::find_candidates(recordings, classes, settings, options.threads);
    };
    ThresholdReport report = evaluation::make_report(
        material.model, settings, options.false_accepts_per_hour,
        options.one_threshold ? evaluation::WordThresholds::kOneForAll
                              : evaluation::WordThresholds::kEachItsOwn,
        candidates(material.chooser), candidates(material.judge), options.threads);
    const double hits = report.chooser.path[report.chosen].hit_rate();
    if (windows.size() > 1) {
      fmt::print(stderr, "average over {} ms: {:.2f}% of the validation split's keywords hit\n",
                 window, 100.0 * hits);
    }
    if (best.path.empty() || hits > best.chooser.path[best.chosen].hit_rate()) {
      best = std::move(report);
    }
  }
  return best;
}

// What the thresholds do on devices that are slower than the model's latency_ms.
std::vector<ThresholdReport::Slower> slower_inferences(const Material& material,
                                                       const ThresholdReport& report,
                                                       const OperatingPointOptions& options) {
  std::vector<ThresholdReport::Slower> result;
  for (const int32_t interval : options.intervals_ms) {
    StreamSettings settings = report.settings;
    settings.spotter.latency_ms = interval;
    const auto outcome = [&](const std::vector<StreamRecording>& recordings) {
      std::vector<StreamRecording> rarer;
      rarer.reserve(recordings.size());
      for (const StreamRecording& recording : recordings) {
        rarer.push_back(evaluation::at_interval(recording, interval));
      }
      const auto candidates =
          evaluation::find_candidates(rarer, material.model.classes, settings, options.threads);
      return evaluation::detect(candidates, material.model.classes, settings, report.thresholds());
    };
    result.push_back({interval, outcome(material.chooser), outcome(material.judge)});
  }
  return result;
}

}  // namespace

void find_operating_points(const OperatingPointOptions& options) {
  const dataset::Split judge = dataset::parse_split(options.judge, "--split");
  if (judge == dataset::Split::kValidation) {
    throw UsageError("the thresholds are chosen on the validation split; report on another one");
  }
  Path output = options.output;
  if (output.empty() && !options.json) {
    output = options.model.stem().string() + "_operating_points";
  }
  const Material material = hear(options, judge, output);
  ThresholdReport report = best_report(material, options);
  report.slower = slower_inferences(material, report, options);
  report.seed = options.seed;
  report.chooser.split = dataset::split_name(dataset::Split::kValidation);
  report.judge.split = dataset::split_name(judge);

  const std::string json = evaluation::report_json(report).dump(1) + "\n";
  fmt::print("{}", options.json ? json : evaluation::report_text(report));
  std::fflush(stdout);
  if (output.empty()) return;
  write_text_file(output / "operating-points.json", json);
  write_text_file(output / "operating-points-curve.csv", evaluation::curve_csv(report));
  write_text_file(output / "operating-points-words.csv", evaluation::word_curves_csv(report));
  evaluation::write_pictures(report, output);
  fmt::print(stderr,
             "JSON, tables and pictures are in {}; `stapes params {} --operating-points "
             "{}` writes the thresholds into the model\n",
             output.string(), options.model.string(), (output / "operating-points.json").string());
}

}  // namespace stapes::cli
