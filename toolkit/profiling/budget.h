#pragma once
#include <optional>
#include <string>
#include <vector>

#include "toolkit/profiling/profile.h"

namespace stapes::profiling {

// What a board has to spare. What is not named is not limited.
struct Budget {
  std::optional<int64_t> flash_bytes;  // model and program
  std::optional<int64_t> ram_bytes;    // arena and stack
  std::optional<double> milliseconds;  // one inference
};

// "flash=256k,ram=64k,ms=50" in any order. Throws UsageError.
Budget parse_budget(const std::string& text);

// One line for each limit that the profile exceeds, with the operators that make up most of it.
std::vector<std::string> exceeded(const Budget& budget, const Profile& profile,
                                  const graph::Graph& model);

}  // namespace stapes::profiling
