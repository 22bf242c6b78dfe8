#include "toolkit/profiling/measurement.h"

#include <fmt/format.h>

#include <sstream>

#include "toolkit/base/error.h"

namespace stapes::profiling {

int64_t Measurement::value(const std::string& name) const {
  const auto found = values.find(name);
  if (found == values.end()) {
    throw Error("cannot profile", "what the board printed", "it has no \"" + name + "\"",
                "build the firmware anew");
  }
  return found->second;
}

Measurement parse_measurement(const std::string& output, const std::string& firmware) {
  Measurement measurement;
  std::istringstream lines(output);
  std::string line;
  bool is_done = false;
  while (std::getline(lines, line)) {
    if (line.starts_with("error: ")) throw Error("cannot profile", firmware, line.substr(7));
    if (line == "done") is_done = true;
    std::istringstream words(line);
    std::string name;
    int64_t value = 0;
    if (!(words >> name >> value)) continue;
    if (name != "operator") {
      measurement.values[name] = value;
      continue;
    }
    std::string instructions, live;
    Measurement::Operator op;
    if (!(words >> instructions >> op.instructions >> live >> op.live_bytes) ||
        instructions != "instructions" || live != "live" ||
        value != static_cast<int64_t>(measurement.operators.size())) {
      throw Error("cannot profile", firmware, "it printed \"" + line + "\"",
                  "build the firmware anew");
    }
    if (std::string runs; words >> runs && runs == "runs") words >> op.runs;
    measurement.operators.push_back(op);
  }
  if (!is_done) {
    const std::string last = output.size() > 200 ? output.substr(output.size() - 200) : output;
    throw Error(
        "cannot profile", firmware,
        output.empty() ? "it printed nothing" : fmt::format("it stopped before its end: {}", last));
  }
  return measurement;
}

}  // namespace stapes::profiling
