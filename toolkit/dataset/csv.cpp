#include "toolkit/dataset/csv.h"

#include <fmt/format.h>

#include <algorithm>

#include "toolkit/base/error.h"

namespace stapes::dataset {
namespace {

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string text = "\"";
  for (const char c : field) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

// Takes one record off the front of `text`; counts the lines that it spans.
std::vector<std::string> next_record(std::string_view& text, const std::string& where,
                                     size_t& line) {
  const size_t first_line = line;
  std::vector<std::string> fields(1);
  bool in_quotes = false;
  size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (in_quotes) {
      if (c != '"') {
        fields.back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        fields.back() += '"';
        ++i;
      } else {
        in_quotes = false;
      }
    } else if (c == '"' && fields.back().empty()) {
      in_quotes = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else if (c == '\n') {
      break;
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  if (in_quotes) {
    throw Error("cannot read the table", where,
                fmt::format("the quote opened in line {} is not closed", first_line),
                "correct the file");
  }
  if (i == text.size()) ++line;
  text.remove_prefix(std::min(text.size(), i + 1));
  return fields;
}

}  // namespace

int CsvTable::column(std::string_view name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
}

CsvTable read_csv(const Path& file) {
  const std::string content = read_text_file(file);
  std::string_view text = content;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  CsvTable table;
  size_t line = 1;
  while (!text.empty()) {
    const size_t first_line = line;
    std::vector<std::string> record = next_record(text, file.string(), line);
    if (record.size() == 1 && record[0].empty()) continue;  // an empty line
    if (table.columns.empty()) {
      table.columns = std::move(record);
      continue;
    }
    if (record.size() != table.columns.size()) {
      throw Error("cannot read the table", file.string(),
                  fmt::format("line {} has {} fields and the first line has {}", first_line,
                              record.size(), table.columns.size()),
                  "correct the line");
    }
    table.rows.push_back(std::move(record));
  }
  if (table.columns.empty()) {
    throw Error("cannot read the table", file.string(), "it is empty",
                "write a header line such as path,split,speaker,source");
  }
  return table;
}

std::string csv_text(const CsvTable& table) {
  std::string text;
  const auto add = [&text](const std::vector<std::string>& fields) {
    for (size_t i = 0; i < fields.size(); ++i) text += (i == 0 ? "" : ",") + quoted(fields[i]);
    text += '\n';
  };
  add(table.columns);
  for (const std::vector<std::string>& row : table.rows) add(row);
  return text;
}

}  // namespace stapes::dataset
