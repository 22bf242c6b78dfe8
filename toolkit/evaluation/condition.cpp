#include "toolkit/evaluation/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "toolkit/base/error.h"

namespace stapes::evaluation {

std::string Condition::name() const { return snr_db ? fmt::format("{} dB", *snr_db) : "clean"; }

std::vector<Condition> parse_conditions(const std::string& text) {
  std::vector<Condition> conditions;
  std::istringstream stream(text);
  std::string word;
  while (std::getline(stream, word, ',')) {
    Condition condition;
    if (word != "clean") {
      double decibels = 0.0;
      const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), decibels);
      if (code != std::errc() || end != word.data() + word.size() || !std::isfinite(decibels)) {
        throw UsageError(fmt::format(
            "\"{}\" is neither \"clean\" nor a signal-to-noise ratio in decibels", word));
      }
      condition.snr_db = decibels;
    }
    const bool known =
        std::any_of(conditions.begin(), conditions.end(),
                    [&](const Condition& other) { return other.snr_db == condition.snr_db; });
    if (!known) conditions.push_back(condition);
  }
  if (conditions.empty()) throw UsageError("no condition to test under is named");
  return conditions;
}

}  // namespace stapes::evaluation
