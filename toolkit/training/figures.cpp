#include "toolkit/training/figures.h"

#include <algorithm>
#include <cmath>

namespace stapes::training {

Outcome outcome_of(std::span<const float> logits, int label) {
  const auto highest = std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(double{logit} - *highest);
  const double loss = std::log(sum) + *highest - logits[static_cast<size_t>(label)];
  return {static_cast<float>(label), static_cast<float>(highest - logits.begin()),
          static_cast<float>(loss)};
}

Figures figures_of(std::span<const Outcome> outcomes, size_t classes) {
  std::vector<int64_t> count(classes);
  std::vector<int64_t> correct(classes);
  Figures figures;
  for (const Outcome& outcome : outcomes) {
    const auto label = static_cast<size_t>(outcome.label);
    ++count[label];
    correct[label] += outcome.predicted == outcome.label ? 1 : 0;
    figures.loss += outcome.loss;
  }
  int64_t all_correct = 0;
  int present = 0;
  for (size_t c = 0; c < classes; ++c) {
    all_correct += correct[c];
    if (count[c] == 0) continue;
    ++present;
    figures.balanced_accuracy += static_cast<double>(correct[c]) / static_cast<double>(count[c]);
  }
  if (outcomes.empty()) return {};
  const auto examples = static_cast<double>(outcomes.size());
  figures.loss /= examples;
  figures.accuracy = static_cast<double>(all_correct) / examples;
  figures.balanced_accuracy /= present;
  return figures;
}

}  // namespace stapes::training
