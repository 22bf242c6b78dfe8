#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace stapes::profiling {

// What firmware/apps/profile prints: lines of "name value", and a line per operator.
struct Measurement {
  struct Operator {
    int64_t instructions = 0;
    int64_t live_bytes = 0;
    int64_t runs = 1;  // in which they were counted
  };
  std::map<std::string, int64_t> values;
  std::vector<Operator> operators;  // in the order of the model

  int64_t value(const std::string& name) const;  // throws Error when the app did not print it
};

// Throws Error with the app's own words when it ended with an error, and when the output is not
// complete. `firmware` names the program in messages.
Measurement parse_measurement(const std::string& output, const std::string& firmware);

}  // namespace stapes::profiling
