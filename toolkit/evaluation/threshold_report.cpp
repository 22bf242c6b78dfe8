#include "toolkit/evaluation/threshold_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>

#include "toolkit/base/parallel.h"
#include "toolkit/evaluation/scores.h"
#include "toolkit/evaluation/statistics.h"

namespace stapes::evaluation {
namespace {

using Json = nlohmann::ordered_json;

Json limits(Interval interval) { return Json::array({interval.low, interval.high}); }

Json per_hour(size_t count, std::span<const size_t> per_recording, double hours) {
  Json entry;
  entry["false_accepts"] = count;
  entry["hours"] = hours;
  if (hours <= 0.0) return entry;
  const Interval interval = clustered_interval(per_recording);
  entry["false_accepts_per_hour"] = static_cast<double>(count) / hours;
  entry["interval"] = limits({interval.low / hours, interval.high / hours});
  return entry;
}

Json share(const Detections::PerWord& word) {
  const Proportion hits{word.hits, word.spoken};
  Json entry;
  entry["spoken"] = word.spoken;
  entry["hits"] = word.hits;
  entry["hit_rate"] = hits.value();
  entry["interval"] = limits(wilson_interval(hits));
  return entry;
}

Json detections_json(const Detections& d, const std::vector<std::string>& classes) {
  Json json = share({d.hits(), d.spoken(), 0});
  const Json accepts = per_hour(d.false_accepts(), d.false_accepts_per_recording(), d.hours());
  for (const auto& [key, value] : accepts.items()) {
    json[key == "interval" ? "false_accepts_interval" : key] = value;
  }
  json["wrong_words"] = d.wrong_words;
  json["sounds"] = Json::object();
  for (const SoundKind kind : kSoundKinds) {
    const Detections::PerSound& sound = d.sounds[static_cast<size_t>(kind)];
    if (sound.hours <= 0.0) continue;
    json["sounds"][name_of(kind)] = per_hour(sound.false_accepts, sound.per_recording, sound.hours);
  }
  json["backgrounds"] = Json::object();
  for (size_t i = 0; i < d.backgrounds.size(); ++i) {
    if (d.backgrounds[i].spoken == 0) continue;
    json["backgrounds"][fmt::format("{} dB", kBackgrounds_db[i])] = share(d.backgrounds[i]);
  }
  json["words"] = Json::object();
  for (size_t i = 0; i < classes.size(); ++i) {
    if (!is_keyword(classes[i])) continue;
    Json word = share(d.words[i]);
    word["false_accepts"] = d.words[i].false_accepts;
    json["words"][classes[i]] = std::move(word);
  }
  return json;
}

Json split_json(const ThresholdReport& report, const ThresholdReport::OfSplit& split) {
  Json json;
  json["split"] = split.split;
  json["at_thresholds"] = detections_json(split.path[report.chosen], report.classes);
  json["hit_rate_at_wanted"] = split.path[choose(split.path, report.wanted)].hit_rate();
  const size_t common = choose(split.common, report.wanted);
  json["hit_rate_at_wanted_with_one_threshold"] = split.common[common].hit_rate();
  json["curve"]["false_accepts_per_hour"] = Json::array();
  json["curve"]["miss_rate"] = Json::array();
  for (const Detections& point : split.path) {
    json["curve"]["false_accepts_per_hour"].push_back(point.false_accepts_per_hour());
    json["curve"]["miss_rate"].push_back(1.0 - point.hit_rate());
  }
  return json;
}

std::string outcome_line(const Detections& d) {
  const Interval hits = wilson_interval({d.hits(), d.spoken()});
  const Interval accepts = clustered_interval(d.false_accepts_per_recording());
  return fmt::format(
      "{:.2f}% of {} keywords hit (95% interval {:.2f} to {:.2f}), {:.1f} false accepts per hour "
      "({} in {:.2f} h, 95% interval {:.1f} to {:.1f})",
      100.0 * d.hit_rate(), d.spoken(), 100.0 * hits.low, 100.0 * hits.high,
      d.false_accepts_per_hour(), d.false_accepts(), d.hours(), accepts.low / d.hours(),
      accepts.high / d.hours());
}

std::vector<Detections> at_each(const std::vector<CandidateStream>& streams,
                                const ThresholdReport& report,
                                const std::vector<Thresholds>& thresholds, int threads) {
  std::vector<Detections> results(thresholds.size());
  parallel_for(thresholds.size(), threads, [&](size_t i) {
    results[i] = detect(streams, report.classes, report.settings, thresholds[i]);
  });
  return results;
}

}  // namespace

ThresholdReport make_report(const TestModel& model, const StreamSettings& settings, double wanted,
                            WordThresholds kind, const std::vector<CandidateStream>& chooser,
                            const std::vector<CandidateStream>& judge, int threads) {
  ThresholdReport report;
  report.model = model.name;
  report.classes = model.classes;
  report.settings = settings;
  report.wanted = wanted;
  report.chooser.words = word_curves(chooser, report.classes, settings, threads);
  report.judge.words = word_curves(judge, report.classes, settings, threads);
  const std::vector<Thresholds> common = common_thresholds(report.classes.size());
  report.path = kind == WordThresholds::kOneForAll ? common : threshold_path(report.chooser.words);
  for (const auto& [split, streams] :
       {std::pair(&report.chooser, &chooser), std::pair(&report.judge, &judge)}) {
    split->path = at_each(*streams, report, report.path, threads);
    split->common = at_each(*streams, report, common, threads);
  }
  report.chosen = choose(report.chooser.path, wanted);
  return report;
}

std::string report_text(const ThresholdReport& report) {
  std::string text =
      fmt::format("Thresholds for {:g} false accepts per hour, chosen on the {} split:\n",
                  report.wanted, report.chooser.split);
  const auto out = std::back_inserter(text);
  for (size_t i = 0; i < report.classes.size(); ++i) {
    if (!is_keyword(report.classes[i])) continue;
    const Detections::PerWord& word = report.judge.path[report.chosen].words[i];
    fmt::format_to(out, "- {} > {}: {} of {} hit, {} false accepts ({} split)\n", report.classes[i],
                   report.thresholds()[i], word.hits, word.spoken, word.false_accepts,
                   report.judge.split);
  }
  for (const ThresholdReport::OfSplit* split : {&report.chooser, &report.judge}) {
    const Detections& d = split->path[report.chosen];
    fmt::format_to(out, "{} split: {}\n", split->split, outcome_line(d));
    for (const SoundKind kind : kSoundKinds) {
      const Detections::PerSound& sound = d.sounds[static_cast<size_t>(kind)];
      if (sound.hours <= 0.0) continue;
      fmt::format_to(out, "- {}: {:.1f} false accepts per hour\n", name_of(kind),
                     static_cast<double>(sound.false_accepts) / sound.hours);
    }
    for (size_t i = 0; i < d.backgrounds.size(); ++i) {
      const Detections::PerWord& background = d.backgrounds[i];
      if (background.spoken == 0) continue;
      fmt::format_to(out, "- keywords {:g} dB above the noise: {:.2f}% hit\n", kBackgrounds_db[i],
                     100.0 * Proportion{background.hits, background.spoken}.value());
    }
  }
  for (const ThresholdReport::Slower& slower : report.slower) {
    fmt::format_to(out, "with an inference every {} ms, {} split: {}\n", slower.interval_ms,
                   report.judge.split, outcome_line(slower.judge));
  }
  fmt::format_to(
      out,
      "At {:g} false accepts per hour of the {} split itself: {:.2f}% of keywords hit; "
      "with one threshold for all words: {:.2f}%\n",
      report.wanted, report.judge.split,
      100.0 * report.judge.path[choose(report.judge.path, report.wanted)].hit_rate(),
      100.0 * report.judge.common[choose(report.judge.common, report.wanted)].hit_rate());
  return text;
}

nlohmann::ordered_json report_json(const ThresholdReport& report) {
  const Detector::Settings& detector = report.settings.spotter.detector;
  Json json;
  json["name"] = report.model;
  json["classes"] = report.classes;
  json["wanted_false_accepts_per_hour"] = report.wanted;
  json["seed"] = report.seed;
  // Under the names of the model's metadata, for `stapes params`.
  json["parameters"] = {{"detection_threshold_list", report.thresholds()},
                        {"average_window_duration_ms", detector.average_window_duration_ms},
                        {"minimum_count", detector.minimum_count},
                        {"suppression_ms", detector.suppression_ms},
                        {"latency_ms", report.settings.spotter.latency_ms}};
  json["chosen_on"] = split_json(report, report.chooser);
  json["reported_on"] = split_json(report, report.judge);
  json["slower_inferences"] = Json::array();
  for (const ThresholdReport::Slower& slower : report.slower) {
    json["slower_inferences"].push_back(
        {{"interval_ms", slower.interval_ms},
         {"chosen_on", detections_json(slower.chooser, report.classes)},
         {"reported_on", detections_json(slower.judge, report.classes)}});
  }
  return json;
}

std::string curve_csv(const ThresholdReport& report) {
  std::string text = fmt::format(
      "chosen,{0}_false_accepts_per_hour,{0}_miss_rate,"
      "{1}_false_accepts_per_hour,{1}_miss_rate,{2}\n",
      report.chooser.split, report.judge.split, fmt::join(report.classes, ","));
  for (size_t i = 0; i < report.path.size(); ++i) {
    const Detections& chooser = report.chooser.path[i];
    const Detections& judge = report.judge.path[i];
    text += fmt::format("{},{:.6g},{:.6g},{:.6g},{:.6g},{}\n", i == report.chosen ? 1 : 0,
                        chooser.false_accepts_per_hour(), 1.0 - chooser.hit_rate(),
                        judge.false_accepts_per_hour(), 1.0 - judge.hit_rate(),
                        fmt::join(report.path[i], ","));
  }
  return text;
}

std::string word_curves_csv(const ThresholdReport& report) {
  std::string text = "word,threshold,false_accepts_per_hour,miss_rate\n";
  const double hours = report.judge.path.front().hours();
  for (size_t word = 0; word < report.classes.size(); ++word) {
    const WordCurve& curve = report.judge.words[word];
    for (size_t t = 0; t < curve.hits.size(); ++t) {
      text += fmt::format("{},{},{:.6g},{:.6g}\n", report.classes[word], t,
                          static_cast<double>(curve.false_accepts[t]) / hours,
                          1.0 - Proportion{curve.hits[t], curve.spoken}.value());
    }
  }
  return text;
}

}  // namespace stapes::evaluation
