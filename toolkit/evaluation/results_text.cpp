#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "toolkit/evaluation/results.h"

namespace stapes::evaluation {
namespace {

std::string percent(double fraction) { return fmt::format("{:.3f}%", 100.0 * fraction); }

std::string with_interval(double value, Interval interval) {
  return fmt::format("{:.2f}% (95% interval {:.2f} to {:.2f})", 100.0 * value, 100.0 * interval.low,
                     100.0 * interval.high);
}

// "- name = 12.345%" per class, from the highest value to the lowest; equal ones keep their order.
template <typename Value>
std::string sorted_list(const std::vector<std::string>& names, const Value& value_of) {
  std::vector<size_t> order(names.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return value_of(a) > value_of(b); });
  std::string text;
  for (const size_t i : order) text += fmt::format("- {} = {}\n", names[i], percent(value_of(i)));
  return text;
}

// Why the second model of a condition has another accuracy than the first, in a line.
std::string difference_text(const std::vector<Result>& of_condition) {
  if (of_condition.size() != 2 || !of_condition.front().agreement) return "";
  const Result& model = of_condition.front();
  const Agreement& a = *model.agreement;
  constexpr double kSignificant = 0.05;
  return fmt::format(
      "{}: {} decides {} of {} clips otherwise than {}: {} of them become right, {} wrong, which "
      "is "
      "{} (McNemar's p = {:.2g})\n",
      model.condition, model.model, a.same_decision.total - a.same_decision.right,
      a.same_decision.total, model.reference_model, a.only_first_right, a.only_second_right,
      a.p_value < kSignificant ? "more than chance does" : "within chance", a.p_value);
}

}  // namespace

std::string summary_text(const std::string& model, const Metrics& metrics) {
  std::string text = fmt::format("Name: {}\nModel Type: classification\n", model);
  text +=
      fmt::format("Overall accuracy: {}\nClass accuracies:\n", percent(metrics.overall.value()));
  text += sorted_list(metrics.classes, [&](size_t c) { return metrics.per_class[c].value(); });
  text += fmt::format("Average ROC AUC: {}\nClass ROC AUC:\n", percent(metrics.roc_area_average));
  text += sorted_list(metrics.classes, [&](size_t c) { return metrics.roc[c].area; });
  return text;
}

std::string details_text(const Result& result) {
  const Metrics& m = result.metrics;
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "Clips: {} ({} of keywords)\n", m.overall.total, m.keywords.total);
  fmt::format_to(out, "Overall accuracy:  {}\n",
                 with_interval(m.overall.value(), wilson_interval(m.overall)));
  fmt::format_to(out, "Balanced accuracy: {}\n",
                 with_interval(m.balanced_accuracy, m.balanced_interval));
  fmt::format_to(out, "Keyword accuracy:  {}\n",
                 with_interval(m.keywords.value(), wilson_interval(m.keywords)));
  if (!m.operating_points.empty()) {
    fmt::format_to(out, "Keywords against other sound, ROC AUC: {:.2f}%\n",
                   100.0 * m.keyword_detection_area);
    fmt::format_to(out, "With a threshold on the best keyword's score:\n");
    for (const OperatingPoint& point : m.operating_points) {
      fmt::format_to(
          out, "- {:.0f}% of other clips refused (score > {:.3f}): {:.2f}% of keywords right\n",
          100.0 * point.wanted_refusal, point.threshold, 100.0 * point.keywords.value());
    }
  }
  if (result.agreement) {
    const Agreement& a = *result.agreement;
    fmt::format_to(out, "Same decision as {}: {:.2f}% ({} of {} clips differ)\n",
                   result.reference_model, 100.0 * a.same_decision.value(),
                   a.same_decision.total - a.same_decision.right, a.same_decision.total);
    fmt::format_to(
        out, "- right only in {}: {}; only in {}: {}; by chance with p = {:.3g} (McNemar)\n",
        result.model, a.only_first_right, result.reference_model, a.only_second_right, a.p_value);
    fmt::format_to(out, "- scores differ by {:.5f} on average, {:.4f} rms, {:.3f} at most\n",
                   a.mean_absolute_difference, a.rms_difference, a.maximum_difference);
  }
  return text;
}

std::string overview_text(const std::vector<std::vector<Result>>& results) {
  size_t width = 5;
  for (const auto& of_condition : results) {
    for (const Result& result : of_condition) width = std::max(width, result.model.size());
  }
  std::string text = fmt::format("{:<{}}  condition  overall  balanced  keywords  same decision\n",
                                 "model", width);
  for (const auto& of_condition : results) {
    for (const Result& result : of_condition) {
      const Metrics& m = result.metrics;
      text += fmt::format("{:<{}}  {:<9}  {:6.2f}%   {:6.2f}%   {:6.2f}%  ", result.model, width,
                          result.condition, 100.0 * m.overall.value(), 100.0 * m.balanced_accuracy,
                          100.0 * m.keywords.value());
      if (result.agreement) {
        text += fmt::format("     {:6.2f}%", 100.0 * result.agreement->same_decision.value());
      }
      text += "\n";
    }
  }
  for (const auto& of_condition : results) text += difference_text(of_condition);
  return text;
}

}  // namespace stapes::evaluation
