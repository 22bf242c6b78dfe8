#include "toolkit/evaluation/card.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <iterator>

#include "toolkit/base/error.h"
#include "toolkit/evaluation/scores.h"
#include "toolkit/evaluation/statistics.h"

namespace stapes::evaluation {
namespace {

using Json = nlohmann::json;

std::string percent(const Json& value) {
  return fmt::format("{:.2f}", 100.0 * value.get<double>());
}

std::string with_interval(const Json& value, const Json& interval) {
  return fmt::format("{} ({:.1f}–{:.1f})", percent(value), 100.0 * interval.at(0).get<double>(),
                     100.0 * interval.at(1).get<double>());
}

// 1234567 -> "1,234,567"
std::string thousands(int64_t value) {
  std::string digits = std::to_string(value);
  for (auto at = static_cast<int64_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return digits;
}

const Json* at_refusal(const Json& evaluation, double refusal) {
  for (const Json& point : evaluation.at("operating_points")) {
    if (std::abs(point.at("wanted_refusal").get<double>() - refusal) < 1e-9) return &point;
  }
  return nullptr;
}

std::string keywords_at_refusal(const Json& evaluation, double refusal) {
  const Json* point = at_refusal(evaluation, refusal);
  return point == nullptr ? "" : percent(point->at("keyword_accuracy"));
}

std::string keywords_with_interval(const Json& evaluation, double refusal) {
  const Json* point = at_refusal(evaluation, refusal);
  if (point == nullptr) return "";
  return with_interval(point->at("keyword_accuracy"), point->at("keyword_interval"));
}

// A share of `all`, with its interval, in percent.
std::string share_with_interval(double share, double all, int digits) {
  const Interval interval = wilson_interval(
      {static_cast<size_t>(std::llround(share * all)), static_cast<size_t>(std::llround(all))});
  return fmt::format("{:.{}f} ({:.{}f}–{:.{}f})", 100.0 * share, digits, 100.0 * interval.low,
                     digits, 100.0 * interval.high, digits);
}

std::string decides_alike(const Json* agreement, double clips) {
  if (agreement == nullptr) return "";
  return fmt::format("{}, p {:.2g}",
                     share_with_interval(agreement->at("same_decision").get<double>(), clips, 2),
                     agreement->at("mcnemar_p_value").get<double>());
}

void accuracy_row(const Json& e, const Json* agreement, std::string& text) {
  text += fmt::format("| {}, {} | {} | {} | {} | {} |\n", e.at("name").get<std::string>(),
                      e.at("condition").get<std::string>(),
                      with_interval(e.at("keyword_accuracy"), e.at("keyword_interval")),
                      with_interval(e.at("balanced_accuracy"), e.at("balanced_interval")),
                      keywords_with_interval(e, 0.8),
                      decides_alike(agreement, e.at("clips").get<double>()));
}

void add_accuracy(const CardMaterial& material, std::string& text) {
  const Json& evaluation = material.evaluation;
  text += fmt::format(
      "\n## Accuracy\n\n{} test clips by people who are in no training clip; percent, 95 % "
      "intervals "
      "in brackets; noise at that many decibels below the speech. *Balanced* is the mean of the "
      "classes' recalls. The fourth column: keywords right while a threshold on the best keyword's "
      "score refuses 80 % of the other words. The last: clips on which both decide alike, and "
      "McNemar's exact p for which of the two is right on the others (below 0.05, one is "
      "better).\n\n"
      "| model, condition | keywords right | balanced | right at 80 % refused | int8 decides as "
      "float "
      "|\n|---|---|---|---|---|\n",
      thousands(evaluation.at("clips").get<int64_t>()));
  for (const Json& e : conditions_of(evaluation)) {
    if (e.contains("reference")) accuracy_row(e.at("reference"), nullptr, text);
    accuracy_row(e, e.contains("agreement") ? &e.at("agreement") : nullptr, text);
  }
  const std::vector<Json> conditions = conditions_of(evaluation);
  if (evaluation.at("operating_points").empty()) return;
  const bool compared = conditions.front().contains("reference");
  text += fmt::format(
      "\nPercent of keywords right while a share of the other words is refused{}.\n\n| refused |",
      compared ? fmt::format("; {} / {}",
                             conditions.front().at("reference").at("name").get<std::string>(),
                             evaluation.at("name").get<std::string>())
               : "");
  std::string line = "|---|";
  for (const Json& e : conditions) {
    text += " " + e.at("condition").get<std::string>() + " |";
    line += "---|";
  }
  text += "\n" + line + "\n";
  for (const Json& point : evaluation.at("operating_points")) {
    const double refusal = point.at("wanted_refusal").get<double>();
    text += fmt::format("| {:.0f} % |", 100.0 * refusal);
    for (const Json& e : conditions) {
      text += " ";
      if (e.contains("reference")) {
        text += keywords_at_refusal(e.at("reference"), refusal) + " / ";
      }
      text += keywords_at_refusal(e, refusal) + " |";
    }
    text += "\n";
  }
  if (!material.refusal_picture.empty()) {
    text +=
        fmt::format("\n![Keywords right over other words refused]({})\n", material.refusal_picture);
  }
}

// How many words that are no keywords are taken for one where thresholds are left out.
void add_other_words(const std::vector<std::string>& classes, const Json& matrix,
                     std::string& text) {
  int64_t clips = 0;
  int64_t taken = 0;
  for (size_t said = 0; said < classes.size(); ++said) {
    if (is_keyword(classes[said])) continue;
    for (size_t decided = 0; decided < classes.size(); ++decided) {
      const auto count = matrix.at(said).at(decided).get<int64_t>();
      clips += count;
      if (is_keyword(classes[decided])) taken += count;
    }
  }
  if (clips == 0) return;
  const auto all = static_cast<double>(clips);
  text += fmt::format(
      "\nWhere no threshold refuses them, {} % of {} clips of other words are taken for a "
      "keyword.\n",
      share_with_interval(static_cast<double>(taken) / all, all, 1), thousands(clips));
}

void add_confusion(const Json& evaluation, std::string& text) {
  const auto classes = evaluation.at("classes").get<std::vector<std::string>>();
  text += fmt::format(
      "\n## Confusion matrix\n\n{}, {}. Rows: what was said; columns: what the model decided.\n\n| "
      "|",
      evaluation.at("name").get<std::string>(), evaluation.at("condition").get<std::string>());
  std::string line = "|---|";
  for (const std::string& label : classes) {
    text += fmt::format(" {} |", label);
    line += "---|";
  }
  text += "\n" + line + "\n";
  const Json& matrix = evaluation.at("confusion_matrix");
  for (size_t row = 0; row < classes.size(); ++row) {
    text += fmt::format("| **{}** |", classes[row]);
    for (const Json& count : matrix.at(row)) {
      const auto clips = count.get<int64_t>();
      text += clips == 0 ? " |" : fmt::format(" {} |", clips);
    }
    text += "\n";
  }
  add_other_words(classes, matrix, text);
}

// The most keywords hit on the curve at no more false accepts than `wanted`.
std::string hit_at(const Json& curve, int64_t spoken, double wanted) {
  double least = 1.0;
  for (size_t i = 0; i < curve.at("miss_rate").size(); ++i) {
    if (curve.at("false_accepts_per_hour").at(i).get<double>() <= wanted) {
      least = std::min(least, curve.at("miss_rate").at(i).get<double>());
    }
  }
  return share_with_interval(1.0 - least, static_cast<double>(spoken), 1);
}

// What a processor hears that cannot keep up with latency_ms.
void add_slower_inferences(const Json& points, std::string& text) {
  if (!points.contains("slower_inferences") || points.at("slower_inferences").empty()) return;
  text += "\nAll of that is with an inference every " +
          std::to_string(points.at("parameters").at("latency_ms").get<int>()) +
          " ms. A processor that needs longer for one (*Cost*, below) makes fewer, and the same "
          "thresholds do this:\n\n| an inference every | keywords hit | false accepts per hour |\n"
          "|---|---|---|\n";
  const auto row = [&](int64_t interval, const Json& at) {
    text += fmt::format("| {} ms | {} | {:.1f} ({:.1f}–{:.1f}) |\n", interval,
                        with_interval(at.at("hit_rate"), at.at("interval")),
                        at.at("false_accepts_per_hour").get<double>(),
                        at.at("false_accepts_interval").at(0).get<double>(),
                        at.at("false_accepts_interval").at(1).get<double>());
  };
  row(points.at("parameters").at("latency_ms").get<int64_t>(),
      points.at("reported_on").at("at_thresholds"));
  for (const Json& slower : points.at("slower_inferences")) {
    row(slower.at("interval_ms").get<int64_t>(), slower.at("reported_on"));
  }
}

void add_continuous(const CardMaterial& material, std::string& text) {
  const Json& points = material.operating_points;
  if (points.is_null()) return;
  const Json& chooser = points.at("chosen_on");
  const Json& judge = points.at("reported_on");
  const Json& at = judge.at("at_thresholds");
  const auto out = std::back_inserter(text);
  fmt::format_to(
      out,
      "\n## On continuous sound\n\nThe thresholds in the model were chosen on the {} split for "
      "{:g} "
      "false accepts per hour, all words together. What they give on the {} split, heard by the "
      "device's detector without a pause: {} % of {} keywords hit, in noise and between other "
      "words; "
      "{:.1f} false accepts per hour (95 % interval {:.1f}–{:.1f}) in {:.2f} h without "
      "keywords.\n\n"
      "| sound | hours | false accepts per hour |\n|---|---|---|\n",
      chooser.at("split").get<std::string>(),
      points.at("wanted_false_accepts_per_hour").get<double>(),
      judge.at("split").get<std::string>(), with_interval(at.at("hit_rate"), at.at("interval")),
      thousands(at.at("spoken").get<int64_t>()), at.at("false_accepts_per_hour").get<double>(),
      at.at("false_accepts_interval").at(0).get<double>(),
      at.at("false_accepts_interval").at(1).get<double>(), at.at("hours").get<double>());
  for (const auto& [name, sound] : at.at("sounds").items()) {
    fmt::format_to(out, "| {} | {:.2f} | {:.1f} |\n", name, sound.at("hours").get<double>(),
                   sound.at("false_accepts_per_hour").get<double>());
  }
  text += "\n| word | threshold | hit | false accepts |\n|---|---|---|---|\n";
  const auto classes = points.at("classes").get<std::vector<std::string>>();
  for (size_t i = 0; i < classes.size(); ++i) {
    if (!is_keyword(classes[i])) continue;
    const Json& word = at.at("words").at(classes[i]);
    fmt::format_to(out, "| {} | {} | {} | {} |\n", classes[i],
                   points.at("parameters").at("detection_threshold_list").at(i).get<int>(),
                   with_interval(word.at("hit_rate"), word.at("interval")),
                   word.at("false_accepts").get<int>());
  }
  add_slower_inferences(points, text);
  fmt::format_to(
      out,
      "\nKeywords hit where the {} split's own number of false accepts is the wanted one "
      "(percent):\n\n| false accepts per hour | 1 | 2 | 5 | 10 | 20 |\n"
      "|---|---|---|---|---|---|\n| keywords hit |",
      judge.at("split").get<std::string>());
  for (const double wanted : {1.0, 2.0, 5.0, 10.0, 20.0}) {
    fmt::format_to(out, " {} |", hit_at(judge.at("curve"), at.at("spoken").get<int64_t>(), wanted));
  }
  text += "\n";
  if (!material.picture.empty()) {
    fmt::format_to(out, "\n![Keywords missed over false accepts per hour]({})\n", material.picture);
  }
}

void add_compiled(const CardMaterial& material, std::string& text) {
  if (material.compiled.empty()) return;
  text +=
      "\nCompiled, from sound to detection (`stapes compile --spotter`), without start-up code and "
      "console; flash is code and constants, RAM that of the model and that of sound, spectrogram "
      "and detector:\n\n"
      "| processor | flash, bytes | RAM, bytes |\n|---|---|---|\n";
  for (const Json& c : material.compiled) {
    const auto bytes = [&](const char* key) { return c.at(key).get<int64_t>(); };
    text += fmt::format("| {}, `{}` | {} ({} + {}) | {} ({} + {}) |\n",
                        c.at("target").get<std::string>(), c.at("optimization").get<std::string>(),
                        thousands(bytes("code_bytes") + bytes("constants_bytes")),
                        thousands(bytes("code_bytes")), thousands(bytes("constants_bytes")),
                        thousands(bytes("model_ram_bytes") + bytes("sound_ram_bytes")),
                        thousands(bytes("model_ram_bytes")), thousands(bytes("sound_ram_bytes")));
  }
}

void add_streaming(const CardMaterial& material, std::string& text) {
  if (material.streaming.empty()) return;
  text +=
      "\nFrame by frame, as `stapes stream` runs it: instructions per 10 ms of sound (`stapes "
      "profile --streaming`), beside those of a whole window for each of the outputs that a stream "
      "gives.\n\n"
      "| processor | average | worst frame | windows | RAM, bytes: arena + stack | load |\n"
      "|---|---|---|---|---|---|\n";
  for (const Json& profile : material.streaming) {
    const Json& s = profile.at("summary");
    const double output_ms =
        s.at("output_period_frames").get<double>() * s.at("frame_ms").get<double>();
    const auto count = [](double value) { return thousands(std::llround(value)); };
    text += fmt::format(
        "| {} | {} | {} | {} every {:.0f} ms | {} + {} | {:.0f} % of {:.0f} MHz |\n",
        s.at("target").get<std::string>(), count(s.at("instructions_per_10_ms").get<double>()),
        count(s.at("worst_frame_instructions").get<double>()),
        count(s.at("window_instructions").get<double>() * 10.0 / output_ms), output_ms,
        thousands(s.at("arena_bytes").get<int64_t>()),
        thousands(s.at("stack_bytes").get<int64_t>()), 100.0 * s.at("estimated_load").get<double>(),
        s.at("clock_hz").get<double>() / 1e6);
  }
}

void add_cost(const CardMaterial& material, std::string& text) {
  if (material.profiles.empty()) return;
  text += fmt::format(
      "\n## Cost\n\nOne inference; flash is model and program, RAM is arena and stack, without the "
      "front end (`stapes profile`). Instructions are counted, times estimated. This is the "
      "interpreter, which runs any model; a program that `stapes compile` writes has neither its "
      "code nor its bookkeeping{}.\n\n"
      "| processor | flash, bytes | RAM, bytes | instructions | time |\n|---|---|---|---|---|\n",
      material.compiled.empty() ? " and needs less flash and much less RAM" : " (below)");
  for (const Json& profile : material.profiles) {
    const Json& s = profile.at("summary");
    text += fmt::format(
        "| {} | {} (model {}) | {} | {} | {:.0f} ms at {:.0f} MHz |\n",
        s.at("target").get<std::string>(), thousands(s.at("flash_bytes").get<int64_t>()),
        thousands(s.at("model_bytes").get<int64_t>()), thousands(s.at("ram_bytes").get<int64_t>()),
        thousands(s.at("instructions").get<int64_t>()),
        1000.0 * s.at("estimated_seconds").get<double>(), s.at("clock_hz").get<double>() / 1e6);
  }
  add_compiled(material, text);
  add_streaming(material, text);
}

void add_list(const std::string& title, const std::vector<std::string>& items, std::string& text) {
  if (items.empty()) return;
  text += "\n## " + title + "\n\n";
  for (const std::string& item : items) text += "- " + item + "\n";
}

}  // namespace

std::vector<Json> conditions_of(const Json& evaluation) {
  if (!evaluation.contains("conditions")) return {evaluation};
  return evaluation.at("conditions").get<std::vector<Json>>();
}

std::string card_text(const Specification& specification, const CardSettings& card,
                      const CardMaterial& material) {
  try {
    std::string text = "# " + material.name + "\n\n";
    text += card.about.empty() ? specification.description : card.about;
    text += fmt::format("\n\nWords: {}.\n", fmt::join(specification.keywords, ", "));
    if (!material.files.empty()) {
      text += "\n| file | size |\n|---|---|\n";
      for (const std::string& file : material.files) text += "| " + file + " |\n";
    }
    add_list("Data", card.data, text);
    add_accuracy(material, text);
    add_confusion(material.evaluation, text);
    add_continuous(material, text);
    add_cost(material, text);
    add_list("What it is not good for", card.not_for, text);
    text += "\n## How it was made\n\n```\n" + material.rebuild + "\n```\n";
    for (const std::string& paragraph : card.made) text += "\n" + paragraph + "\n";
    return text;
  } catch (const Json::exception& error) {
    throw Error("cannot write the card", material.name, error.what(),
                "name what `stapes evaluate --json`, `stapes evaluate --operating-points` and "
                "`stapes profile --json` wrote");
  }
}

}  // namespace stapes::evaluation
