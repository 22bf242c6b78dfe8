#include "toolkit/specification/table_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"

namespace stapes {
namespace {

std::string kind_of(const toml::node& node) {
  std::ostringstream type;
  type << node.type();
  const std::string text = type.str();
  return (text.find_first_of("aeiou") == 0 ? "an " : "a ") + text;  // "an integer", "a string"
}

std::string limits(double low, double high) { return fmt::format("{:g} … {:g}", low, high); }

}  // namespace

TableReader::TableReader(const toml::table* table, std::string section, std::string file)
    : table_(table), section_(std::move(section)), file_(std::move(file)) {}

std::string TableReader::where(const std::string& key) const {
  std::string text = file_;
  if (table_ != nullptr) {
    const toml::node* node = table_->get(key);
    const auto line = (node != nullptr ? node->source() : table_->source()).begin.line;
    if (line > 0) text += fmt::format(", line {}", line);
  }
  return text;
}

void TableReader::fail(const std::string& key, const std::string& why,
                       const std::string& remedy) const {
  const std::string full = section_.empty() ? key : section_ + "." + key;
  throw Error("cannot use the key " + full, where(key), why, remedy);
}

void TableReader::fail(const std::string& why) const {
  throw Error("cannot use the table [" + section_ + "]", where(""), why);
}

const toml::node* TableReader::ask(const std::string& key) {
  asked_.push_back(key);
  return table_ == nullptr ? nullptr : table_->get(key);
}

bool TableReader::contains(const std::string& key) const {
  return table_ != nullptr && table_->contains(key);
}

void TableReader::read(const std::string& key, bool& value) {
  const toml::node* node = ask(key);
  if (node == nullptr) return;
  if (!node->is_boolean()) fail(key, "it is " + kind_of(*node), "write true or false");
  value = node->as_boolean()->get();
}

void TableReader::read(const std::string& key, std::string& value) {
  const toml::node* node = ask(key);
  if (node == nullptr) return;
  if (!node->is_string()) fail(key, "it is " + kind_of(*node), "write a text in quotes");
  value = node->as_string()->get();
}

void TableReader::read(const std::string& key, Path& value) {
  std::string text;
  read(key, text);
  if (contains(key)) value = text;
}

void TableReader::read(const std::string& key, double& value, double low, double high) {
  const toml::node* node = ask(key);
  if (node == nullptr) return;
  const auto number = node->value<double>();
  if (!node->is_number() || !number) fail(key, "it is " + kind_of(*node), "write a number");
  if (!(*number >= low && *number <= high)) {
    fail(key, fmt::format("{:g} is outside of {}", *number, limits(low, high)));
  }
  value = *number;
}

void TableReader::read(const std::string& key, float& value, double low, double high) {
  double number = static_cast<double>(value);
  read(key, number, low, high);
  if (contains(key)) value = static_cast<float>(number);
}

void TableReader::read(const std::string& key, int32_t& value, int64_t low, int64_t high) {
  const toml::node* node = ask(key);
  if (node == nullptr) return;
  if (!node->is_integer()) fail(key, "it is " + kind_of(*node), "write a whole number");
  const int64_t number = node->as_integer()->get();
  if (number < low || number > high) {
    fail(key, fmt::format("{} is outside of {} … {}", number, low, high));
  }
  value = static_cast<int32_t>(number);
}

void TableReader::read(const std::string& key, uint64_t& value) {
  const toml::node* node = ask(key);
  if (node == nullptr) return;
  if (!node->is_integer() || node->as_integer()->get() < 0) {
    fail(key, "it is not a whole number from 0 on", "write one");
  }
  value = static_cast<uint64_t>(node->as_integer()->get());
}

void TableReader::read(const std::string& key, std::vector<std::string>& value) {
  const toml::node* node = ask(key);
  if (node == nullptr) return;
  if (!node->is_array()) fail(key, "it is " + kind_of(*node), "write a list: [\"a\", \"b\"]");
  value.clear();
  for (const toml::node& item : *node->as_array()) {
    if (!item.is_string()) fail(key, "an item is " + kind_of(item), "write texts in quotes");
    value.push_back(item.as_string()->get());
  }
}

void TableReader::read(const std::string& key, std::vector<Path>& value) {
  std::vector<std::string> texts;
  read(key, texts);
  if (contains(key)) value.assign(texts.begin(), texts.end());
}

void TableReader::read(const std::string& key, std::vector<int32_t>& value, int64_t low,
                       int64_t high) {
  const toml::node* node = ask(key);
  if (node == nullptr) return;
  if (!node->is_array()) fail(key, "it is " + kind_of(*node), "write a list: [1, 2]");
  value.clear();
  for (const toml::node& item : *node->as_array()) {
    if (!item.is_integer()) fail(key, "an item is " + kind_of(item), "write whole numbers");
    const int64_t number = item.as_integer()->get();
    if (number < low || number > high) {
      fail(key, fmt::format("{} is outside of {} … {}", number, low, high));
    }
    value.push_back(static_cast<int32_t>(number));
  }
}

void TableReader::read(const std::string& key, Range& value, double low, double high) {
  const toml::node* node = ask(key);
  if (node == nullptr) return;
  const toml::array* items = node->as_array();
  if (items == nullptr || items->size() != 2 || !items->get(0)->is_number() ||
      !items->get(1)->is_number()) {
    fail(key, "it is not a pair of numbers", "write [low, high]");
  }
  const Range range = {*items->get(0)->value<double>(), *items->get(1)->value<double>()};
  if (!(range.low <= range.high)) fail(key, "its first number is larger than its second");
  if (!(range.low >= low && range.high <= high)) {
    fail(key, "it reaches outside of " + limits(low, high));
  }
  value = range;
}

void TableReader::read_choice(const std::string& key, std::string& value,
                              const std::vector<std::string>& allowed) {
  read(key, value);
  if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
    fail(key, "\"" + value + "\" is not known", suggestion(value, allowed));
  }
}

const toml::table* TableReader::table(const std::string& key) {
  const toml::node* node = ask(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) fail(key, "it is " + kind_of(*node), "write a table: [" + key + "]");
  return node->as_table();
}

const toml::array* TableReader::array(const std::string& key) {
  const toml::node* node = ask(key);
  if (node == nullptr) return nullptr;
  if (!node->is_array()) fail(key, "it is " + kind_of(*node), "write a list");
  return node->as_array();
}

void TableReader::finish() const {
  if (table_ == nullptr) return;
  for (const auto& [key, node] : *table_) {
    const std::string name(key.str());
    if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) {
      fail(name, "it is not known here", suggestion(name, asked_));
    }
  }
}

}  // namespace stapes
