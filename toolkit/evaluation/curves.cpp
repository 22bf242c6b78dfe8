#include "toolkit/evaluation/curves.h"

#include <algorithm>

#include "toolkit/evaluation/operating_point.h"

namespace stapes::evaluation {
namespace {

double ratio(size_t part, size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::array<double, kRocThresholds> roc_thresholds() {
  std::array<double, kRocThresholds> thresholds{};
  for (size_t i = 0; i < kRocThresholds; ++i) thresholds[i] = static_cast<double>(i) * 0.01;
  return thresholds;
}

RocCurve roc_curve(const Scores& scores, int class_index) {
  // Scores of the two kinds of clips, sorted, so that "how many lie above" is one search.
  std::array<std::vector<float>, 2> sorted;
  for (size_t i = 0; i < scores.clips(); ++i) {
    sorted[scores.labels[i] == class_index ? 1 : 0].push_back(
        scores.of(i)[static_cast<size_t>(class_index)]);
  }
  for (std::vector<float>& values : sorted) std::sort(values.begin(), values.end());
  const auto rate_above = [](const std::vector<float>& values, double threshold) {
    const auto first =
        std::upper_bound(values.begin(), values.end(), static_cast<float>(threshold));
    return ratio(static_cast<size_t>(values.end() - first), values.size());
  };

  RocCurve curve;
  const auto thresholds = roc_thresholds();
  for (size_t t = 0; t < kRocThresholds; ++t) {
    curve.false_positive_rate[t] = t == 0 ? 1.0 : rate_above(sorted[0], thresholds[t]);
    curve.true_positive_rate[t] = t == 0 ? 1.0 : rate_above(sorted[1], thresholds[t]);
  }
  for (size_t t = 0; t + 1 < kRocThresholds; ++t) {
    curve.area += 0.5 * (curve.true_positive_rate[t] + curve.true_positive_rate[t + 1]) *
                  (curve.false_positive_rate[t] - curve.false_positive_rate[t + 1]);
  }
  return curve;
}

PrecisionRecallCurve precision_recall_curve(const Scores& scores, int class_index) {
  std::vector<std::pair<float, bool>> clips(scores.clips());
  for (size_t i = 0; i < clips.size(); ++i) {
    clips[i] = {scores.of(i)[static_cast<size_t>(class_index)], scores.labels[i] == class_index};
  }
  std::sort(clips.begin(), clips.end(),
            [](const auto& a, const auto& b) { return a.first > b.first; });
  const auto positives = static_cast<size_t>(
      std::count_if(clips.begin(), clips.end(), [](const auto& clip) { return clip.second; }));

  // From the highest threshold down; turned round at the end.
  PrecisionRecallCurve curve{{1.0}, {0.0}};
  size_t true_positives = 0;
  for (size_t i = 0; i < clips.size(); ++i) {
    true_positives += clips[i].second ? 1 : 0;
    if (i + 1 < clips.size() && clips[i + 1].first == clips[i].first) continue;
    curve.precision.push_back(ratio(true_positives, i + 1));
    curve.recall.push_back(positives == 0 ? 1.0 : ratio(true_positives, positives));
  }
  std::reverse(curve.precision.begin(), curve.precision.end());
  std::reverse(curve.recall.begin(), curve.recall.end());
  return curve;
}

double keyword_detection_area(const Scores& scores) {
  std::vector<float> keywords, others;
  for (size_t i = 0; i < scores.clips(); ++i) {
    const bool keyword = is_keyword(scores.classes[static_cast<size_t>(scores.labels[i])]);
    (keyword ? keywords : others).push_back(best_keyword(scores, i).score);
  }
  if (keywords.empty() || others.empty()) return 0.0;
  std::sort(others.begin(), others.end());
  double pairs = 0.0;
  for (const float score : keywords) {
    const auto [first, last] = std::equal_range(others.begin(), others.end(), score);
    pairs += static_cast<double>(first - others.begin()) + 0.5 * static_cast<double>(last - first);
  }
  return pairs / (static_cast<double>(keywords.size()) * static_cast<double>(others.size()));
}

}  // namespace stapes::evaluation
