#include "toolkit/profiling/table_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace stapes::profiling {

std::string columns_text(const std::vector<Row>& rows, size_t left) {
  std::vector<size_t> widths(rows[0].size(), 0);
  for (const Row& row : rows) {
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (size_t c = 0; c < row.size(); ++c) {
      if (c > 0) line += "  ";
      line += c < left ? fmt::format("{:<{}}", row[c], widths[c])
                       : fmt::format("{:>{}}", row[c], widths[c]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string line(const char* label, const std::string& value) {
  return fmt::format("{:<26}{}\n", label, value);
}

}  // namespace stapes::profiling
