#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "toolkit/base/files.h"

namespace stapes::dataset {

// A table of text with a header line: fields separated by commas, quoted where they hold a comma, a
// quote or a line break, quotes doubled (RFC 4180). A byte-order mark and CR LF are accepted.
struct CsvTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // every row has a field for every column

  // The index of a column, or -1.
  int column(std::string_view name) const;
};

// Errors name the file and the line.
CsvTable read_csv(const Path& file);
std::string csv_text(const CsvTable& table);

}  // namespace stapes::dataset
