#include "toolkit/specification/front_end_parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "device/frontend/settings_fields.h"
#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"

namespace stapes {
namespace {

[[noreturn]] void refuse(const std::string& key, const std::string& value, const std::string& where,
                         const std::string& remedy) {
  throw Error(fmt::format("cannot set \"{}\"", key), where,
              fmt::format("\"{}\" is not a value that it takes", value), remedy);
}

double number(const std::string& key, const std::string& value, const std::string& where,
              const std::string& remedy) {
  char* end = nullptr;
  const double result = std::strtod(value.c_str(), &end);
  if (value.empty() || *end != '\0' || !std::isfinite(result)) {
    refuse(key, value, where, remedy);
  }
  return result;
}

struct Setter {
  const std::string& key;
  const std::string& value;
  const std::string& where;

  void operator()(bool& member) const {
    std::string word = value;
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    if (word != "0" && word != "1" && word != "true" && word != "false") {
      refuse(key, value, where, "give true or false");
    }
    member = word == "1" || word == "true";
  }
  void operator()(int32_t& member) const {
    const char* remedy = "give a whole number";
    const double result = number(key, value, where, remedy);
    if (result != std::floor(result) || std::abs(result) > 1e9) {
      refuse(key, value, where, remedy);
    }
    member = static_cast<int32_t>(result);
  }
  void operator()(float& member) const {
    member = static_cast<float>(number(key, value, where, "give a number"));
  }
};

}  // namespace

void set_front_end_parameter(FrontEndSettings& settings, const std::string& key,
                             const std::string& value, const std::string& where) {
  const std::string name = key.starts_with("fe.") ? key.substr(3) : key;
  if (name == "fft_length") return;
  std::vector<std::string> names;
  bool found = false;
  for_each_front_end_field(settings, [&](const char* field, auto& member) {
    names.emplace_back(std::string("fe.") + field);
    if (name != field) return;
    found = true;
    Setter{key, value, where}(member);
  });
  if (!found) {
    throw Error(fmt::format("no setting \"{}\"", key), where, "the front end does not know it",
                suggestion("fe." + name, names));
  }
}

void read_front_end_parameters(FrontEndSettings& settings, const Path& file) {
  std::istringstream lines(read_text_file(file));
  int line_number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++line_number;
    std::replace(line.begin(), line.end(), '=', ' ');
    std::istringstream words(line);
    std::string key;
    std::string value;
    words >> key >> value;
    if (!key.starts_with("fe.")) continue;
    set_front_end_parameter(settings, key, value,
                            fmt::format("{}, line {}", file.string(), line_number));
  }
}

}  // namespace stapes
