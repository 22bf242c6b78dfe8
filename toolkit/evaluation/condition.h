#pragma once
#include <optional>
#include <string>
#include <vector>

namespace stapes::evaluation {

// What the test clips sound like: as they were recorded, or with noise mixed in.
struct Condition {
  std::optional<double> snr_db;  // absent: clean

  std::string name() const;  // "clean", "10 dB"
};

// "clean,20,10,0": words and signal-to-noise ratios in decibels. Throws UsageError.
std::vector<Condition> parse_conditions(const std::string& text);

}  // namespace stapes::evaluation
