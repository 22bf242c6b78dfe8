#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/base/files.h"

// `stapes evaluate --operating-points`.
namespace stapes::cli {

struct OperatingPointOptions {
  Path model;
  Path specification;
  std::vector<std::string> set;
  Path data;
  std::string judge = "test";  // the split that is reported on
  double false_accepts_per_hour = 5.0;
  double hours = 1.0;
  std::vector<int32_t> windows_ms;    // to choose from; empty: the model's own
  bool one_threshold = false;         // for all words
  std::vector<int32_t> intervals_ms;  // also with inferences as rare as this
  uint64_t seed = 42;
  Path output;
  bool json = false;
  int threads = 0;
};

// Prints what was found and writes it to the output folder: operating-points.json, -curve.csv,
// -words.csv and two pictures.
void find_operating_points(const OperatingPointOptions& options);

}  // namespace stapes::cli
