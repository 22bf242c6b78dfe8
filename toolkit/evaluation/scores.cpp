#include "toolkit/evaluation/scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "toolkit/base/error.h"

namespace stapes::evaluation {

int decision(std::span<const float> scores) {
  return static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

std::vector<int> decisions(const Scores& scores) {
  std::vector<int> result(scores.clips());
  for (size_t i = 0; i < result.size(); ++i) result[i] = decision(scores.of(i));
  return result;
}

bool is_keyword(const std::string& label) { return label.empty() || label[0] != '_'; }

void check(const Scores& scores) {
  const auto refuse = [](const std::string& why) {
    throw Error("cannot evaluate", "the scores", why);
  };
  if (scores.labels.empty()) refuse("there are no clips");
  if (scores.classes.empty() || scores.values.size() != scores.clips() * scores.classes.size()) {
    refuse(fmt::format("{} values do not fit {} clips and {} classes", scores.values.size(),
                       scores.clips(), scores.classes.size()));
  }
  const int classes = static_cast<int>(scores.classes.size());
  for (size_t i = 0; i < scores.clips(); ++i) {
    if (scores.labels[i] < 0 || scores.labels[i] >= classes) {
      refuse(fmt::format("clip {} has class {} of {}", i, scores.labels[i], classes));
    }
    for (const float value : scores.of(i)) {
      if (!std::isfinite(value)) refuse(fmt::format("a score of clip {} is {}", i, value));
    }
  }
}

}  // namespace stapes::evaluation
