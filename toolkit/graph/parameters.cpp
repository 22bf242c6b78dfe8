#include "toolkit/graph/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"

namespace stapes::graph {
namespace {

const ParameterValue& need(const Parameters& parameters, const std::string& key) {
  const ParameterValue* value = parameters.find(key);
  if (value != nullptr) return *value;
  std::vector<std::string> known;
  for (const auto& [name, ignored] : parameters.entries()) known.push_back(name);
  throw Error("cannot use model", key, "the model has no such parameter",
              known.empty() ? "" : suggestion(key, known));
}

[[noreturn]] void wrong_kind(const std::string& key, const ParameterValue& value,
                             const std::string& wanted) {
  throw Error("cannot use model", key,
              fmt::format("the parameter's value {} is not {}", to_text(value), wanted));
}

template <typename T>
bool parse_number(const std::string& text, T* value) {
  const char* start = text.data();
  const char* end = start + text.size();
  if (start != end && *start == '+') ++start;
  const auto result = std::from_chars(start, end, *value);
  return result.ec == std::errc() && result.ptr == end;
}

std::string trimmed(const std::string& text) {
  const size_t start = text.find_first_not_of(" \t");
  if (start == std::string::npos) return "";
  return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

ParameterValue parse_list(const std::string& inside) {
  std::vector<std::string> texts;
  std::vector<int64_t> integers;
  std::vector<double> numbers;
  if (!trimmed(inside).empty()) {
    for (size_t start = 0; start <= inside.size();) {
      const size_t end = std::min(inside.find(',', start), inside.size());
      const std::string item = trimmed(inside.substr(start, end - start));
      texts.push_back(item);
      int64_t integer = 0;
      double number = 0;
      if (parse_number(item, &integer)) integers.push_back(integer);
      if (parse_number(item, &number)) numbers.push_back(number);
      start = end + 1;
    }
  }
  if (!texts.empty() && integers.size() == texts.size()) return integers;
  if (!texts.empty() && numbers.size() == texts.size()) return numbers;
  return texts;
}

std::string number_text(double value) { return fmt::format("{}", value); }

}  // namespace

bool Parameters::contains(const std::string& key) const { return find(key) != nullptr; }

const ParameterValue* Parameters::find(const std::string& key) const {
  for (const auto& [name, value] : entries_) {
    if (name == key) return &value;
  }
  return nullptr;
}

void Parameters::set(const std::string& key, ParameterValue value) {
  for (auto& [name, old] : entries_) {
    if (name == key) {
      old = std::move(value);
      return;
    }
  }
  entries_.emplace_back(key, std::move(value));
}

bool Parameters::erase(const std::string& key) {
  return std::erase_if(entries_, [&](const auto& entry) { return entry.first == key; }) > 0;
}

int64_t Parameters::integer(const std::string& key) const {
  const ParameterValue& value = need(*this, key);
  if (const auto* v = std::get_if<int64_t>(&value)) return *v;
  if (const auto* v = std::get_if<bool>(&value)) return *v ? 1 : 0;
  if (const auto* v = std::get_if<double>(&value)) {
    if (std::trunc(*v) == *v && std::abs(*v) < 9e18) return static_cast<int64_t>(*v);
  }
  wrong_kind(key, value, "an integer");
}

double Parameters::number(const std::string& key) const {
  const ParameterValue& value = need(*this, key);
  if (const auto* v = std::get_if<double>(&value)) return *v;
  if (const auto* v = std::get_if<int64_t>(&value)) return static_cast<double>(*v);
  if (const auto* v = std::get_if<bool>(&value)) return *v ? 1 : 0;
  wrong_kind(key, value, "a number");
}

bool Parameters::boolean(const std::string& key) const {
  const ParameterValue& value = need(*this, key);
  if (const auto* v = std::get_if<bool>(&value)) return *v;
  if (const auto* v = std::get_if<int64_t>(&value)) return *v != 0;
  if (const auto* v = std::get_if<double>(&value)) return *v != 0;
  wrong_kind(key, value, "true or false");
}

std::string Parameters::text(const std::string& key) const {
  const ParameterValue& value = need(*this, key);
  if (const auto* v = std::get_if<std::string>(&value)) return *v;
  wrong_kind(key, value, "a text");
}

std::vector<std::string> Parameters::text_list(const std::string& key) const {
  const ParameterValue& value = need(*this, key);
  if (const auto* v = std::get_if<std::vector<std::string>>(&value)) return *v;
  wrong_kind(key, value, "a list of texts");
}

int64_t Parameters::integer(const std::string& key, int64_t otherwise) const {
  return contains(key) ? integer(key) : otherwise;
}

double Parameters::number(const std::string& key, double otherwise) const {
  return contains(key) ? number(key) : otherwise;
}

bool Parameters::boolean(const std::string& key, bool otherwise) const {
  return contains(key) ? boolean(key) : otherwise;
}

ParameterValue parse_parameter(const std::string& text) {
  int64_t integer = 0;
  double number = 0;
  if (parse_number(text, &integer)) return integer;
  if (parse_number(text, &number)) return number;
  if (text == "true" || text == "True") return true;
  if (text == "false" || text == "False") return false;
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    return parse_list(text.substr(1, text.size() - 2));
  }
  return text;
}

std::string to_text(const ParameterValue& value) {
  struct Visitor {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(int64_t v) const { return fmt::format("{}", v); }
    std::string operator()(double v) const { return number_text(v); }
    std::string operator()(const std::string& v) const { return v; }
    std::string operator()(const std::vector<std::string>& v) const {
      return fmt::format("{}", fmt::join(v, ", "));
    }
    std::string operator()(const std::vector<int64_t>& v) const {
      return fmt::format("{}", fmt::join(v, ", "));
    }
    std::string operator()(const std::vector<double>& v) const {
      return fmt::format("{}", fmt::join(v, ", "));
    }
    std::string operator()(const Bytes& v) const { return fmt::format("{} bytes", v.size()); }
  };
  return std::visit(Visitor{}, value);
}

}  // namespace stapes::graph
