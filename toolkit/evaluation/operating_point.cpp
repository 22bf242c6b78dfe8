#include "toolkit/evaluation/operating_point.h"

#include <algorithm>
#include <cmath>

namespace stapes::evaluation {

BestKeyword best_keyword(const Scores& scores, size_t clip) {
  BestKeyword best;
  const auto values = scores.of(clip);
  for (size_t c = 0; c < values.size(); ++c) {
    if (is_keyword(scores.classes[c]) && (best.class_index < 0 || values[c] > best.score)) {
      best = {static_cast<int>(c), values[c]};
    }
  }
  return best;
}

OperatingPoint operating_point(const Scores& scores, double wanted_refusal) {
  std::vector<float> others;
  for (size_t i = 0; i < scores.clips(); ++i) {
    if (!is_keyword(scores.classes[static_cast<size_t>(scores.labels[i])])) {
      others.push_back(best_keyword(scores, i).score);
    }
  }
  std::sort(others.begin(), others.end());

  OperatingPoint point;
  point.wanted_refusal = wanted_refusal;
  // The small allowance: 0.8 * 10 must ask for 8 clips, not for 9.
  const auto wanted =
      static_cast<size_t>(std::ceil(wanted_refusal * static_cast<double>(others.size()) - 1e-9));
  // A score is never below 0, so -1 refuses nothing.
  point.threshold = wanted == 0 ? -1.0F : others[std::min(wanted, others.size()) - 1];
  point.refused.total = others.size();
  point.refused.right = static_cast<size_t>(
      std::upper_bound(others.begin(), others.end(), point.threshold) - others.begin());
  for (size_t i = 0; i < scores.clips(); ++i) {
    if (!is_keyword(scores.classes[static_cast<size_t>(scores.labels[i])])) continue;
    const BestKeyword best = best_keyword(scores, i);
    ++point.keywords.total;
    if (best.class_index == scores.labels[i] && best.score > point.threshold) {
      ++point.keywords.right;
    }
  }
  return point;
}

}  // namespace stapes::evaluation
