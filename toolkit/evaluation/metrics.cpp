#include "toolkit/evaluation/metrics.h"

#include <algorithm>
#include <cmath>

#include "toolkit/base/error.h"

namespace stapes::evaluation {

Metrics compute_metrics(const Scores& scores) {
  check(scores);
  const size_t classes = scores.classes.size();
  Metrics metrics;
  metrics.classes = scores.classes;
  metrics.per_class.resize(classes);
  metrics.confusion.assign(classes, std::vector<int64_t>(classes, 0));
  for (size_t i = 0; i < scores.clips(); ++i) {
    const auto label = static_cast<size_t>(scores.labels[i]);
    const auto decided = static_cast<size_t>(decision(scores.of(i)));
    const size_t right = label == decided ? 1 : 0;
    ++metrics.confusion[label][decided];
    ++metrics.overall.total;
    metrics.overall.right += right;
    ++metrics.per_class[label].total;
    metrics.per_class[label].right += right;
    if (is_keyword(scores.classes[label])) {
      ++metrics.keywords.total;
      metrics.keywords.right += right;
    }
  }

  std::vector<Proportion> present;
  for (const Proportion& recall : metrics.per_class) {
    if (recall.total > 0) present.push_back(recall);
  }
  for (const Proportion& recall : present) metrics.balanced_accuracy += recall.value();
  metrics.balanced_accuracy /= static_cast<double>(present.size());
  metrics.balanced_interval = interval_of_mean(present);

  for (size_t c = 0; c < classes; ++c) {
    metrics.roc.push_back(roc_curve(scores, static_cast<int>(c)));
    metrics.precision_recall.push_back(precision_recall_curve(scores, static_cast<int>(c)));
    metrics.roc_area_average += metrics.roc.back().area / static_cast<double>(classes);
  }
  if (metrics.keywords.total > 0 && metrics.keywords.total < metrics.overall.total) {
    metrics.keyword_detection_area = keyword_detection_area(scores);
    for (const double refusal : kRefusals) {
      metrics.operating_points.push_back(operating_point(scores, refusal));
    }
    for (int step = 0; step * kRefusalStep <= 1.0; ++step) {
      metrics.refusal_curve.push_back(operating_point(scores, step * kRefusalStep));
    }
  }
  return metrics;
}

Agreement compare(const Scores& first, const Scores& second) {
  if (first.classes != second.classes || first.labels != second.labels ||
      first.values.size() != second.values.size()) {
    throw Error("cannot compare", "the scores of two models",
                "they are not of the same clips and classes");
  }
  Agreement agreement;
  agreement.same_decision.total = first.clips();
  for (size_t i = 0; i < first.clips(); ++i) {
    const int a = decision(first.of(i));
    const int b = decision(second.of(i));
    const int label = first.labels[i];
    agreement.same_decision.right += a == b ? 1 : 0;
    agreement.only_first_right += a == label && b != label ? 1 : 0;
    agreement.only_second_right += b == label && a != label ? 1 : 0;
  }
  double squares = 0.0;
  for (size_t i = 0; i < first.values.size(); ++i) {
    const double difference =
        std::abs(static_cast<double>(first.values[i]) - static_cast<double>(second.values[i]));
    agreement.mean_absolute_difference += difference / static_cast<double>(first.values.size());
    squares += difference * difference;
    agreement.maximum_difference = std::max(agreement.maximum_difference, difference);
  }
  if (!first.values.empty()) {
    agreement.rms_difference = std::sqrt(squares / static_cast<double>(first.values.size()));
  }
  agreement.p_value = mcnemar_p_value(agreement.only_first_right, agreement.only_second_right);
  return agreement;
}

}  // namespace stapes::evaluation
