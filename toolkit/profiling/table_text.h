#pragma once
#include <string>
#include <vector>

// Tables of text as the profiles print them.
namespace stapes::profiling {

using Row = std::vector<std::string>;

// The first `left` columns are words, the others numbers.
std::string columns_text(const std::vector<Row>& rows, size_t left);

// "Label                     value"
std::string line(const char* label, const std::string& value);

}  // namespace stapes::profiling
