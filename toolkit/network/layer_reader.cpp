#include "toolkit/network/layer_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"

namespace stapes::network {

LayerReader::LayerReader(const LayerSettings& layer) : layer_(layer) {}

void LayerReader::fail(const std::string& why, const std::string& remedy) const {
  throw Error("cannot build the layer \"" + layer_.type + "\"", layer_.where, why, remedy);
}

const LayerSettings::Value* LayerReader::ask(const std::string& key) {
  asked_.push_back(key);
  const auto found = layer_.values.find(key);
  return found == layer_.values.end() ? nullptr : &found->second;
}

int32_t LayerReader::integer(const std::string& key, int32_t otherwise, int32_t low, int32_t high) {
  const LayerSettings::Value* value = ask(key);
  if (value == nullptr) return otherwise;
  const int64_t* number = std::get_if<int64_t>(value);
  if (number == nullptr) fail(key + " is not a whole number");
  if (*number < low || *number > high) {
    fail(fmt::format("{} = {} is outside of {} … {}", key, *number, low, high));
  }
  return static_cast<int32_t>(*number);
}

int32_t LayerReader::required_integer(const std::string& key, int32_t low, int32_t high) {
  if (!contains(key)) {
    for (const auto& [given, value] : layer_.values) {
      if (nearest(given, {key}) == key) {
        fail("the key " + given + " is not known", suggestion(given, {key}));
      }
    }
    fail("the key " + key + " is missing");
  }
  return integer(key, low, low, high);
}

double LayerReader::number(const std::string& key, double otherwise, double low, double high) {
  const LayerSettings::Value* value = ask(key);
  if (value == nullptr) return otherwise;
  double number = 0;
  if (const int64_t* whole = std::get_if<int64_t>(value)) {
    number = static_cast<double>(*whole);
  } else if (const double* real = std::get_if<double>(value)) {
    number = *real;
  } else {
    fail(key + " is not a number");
  }
  if (!(number >= low && number <= high)) {
    fail(fmt::format("{} = {:g} is outside of {:g} … {:g}", key, number, low, high));
  }
  return number;
}

bool LayerReader::boolean(const std::string& key, bool otherwise) {
  const LayerSettings::Value* value = ask(key);
  if (value == nullptr) return otherwise;
  const bool* flag = std::get_if<bool>(value);
  if (flag == nullptr) fail(key + " is neither true nor false");
  return *flag;
}

std::string LayerReader::text(const std::string& key, const std::string& otherwise) {
  const LayerSettings::Value* value = ask(key);
  if (value == nullptr) return otherwise;
  const std::string* text = std::get_if<std::string>(value);
  if (text == nullptr) fail(key + " is not a text in quotes");
  return *text;
}

std::vector<int32_t> LayerReader::integers(const std::string& key) {
  const LayerSettings::Value* value = ask(key);
  if (value == nullptr) return {};
  const auto* numbers = std::get_if<std::vector<int64_t>>(value);
  if (numbers == nullptr) fail(key + " is not a list of whole numbers");
  std::vector<int32_t> result;
  for (const int64_t number : *numbers) {
    if (number < -1 || number > 1000000) fail(fmt::format("{} holds {}", key, number));
    result.push_back(static_cast<int32_t>(number));
  }
  return result;
}

std::pair<int32_t, int32_t> LayerReader::height_and_width(const std::string& key,
                                                          std::pair<int32_t, int32_t> otherwise) {
  if (!contains(key)) {
    ask(key);
    return otherwise;
  }
  if (std::holds_alternative<int64_t>(layer_.values.at(key))) {
    const int32_t both = integer(key, 1, 1, 10000);
    return {both, both};
  }
  const std::vector<int32_t> pair = integers(key);
  if (pair.size() != 2 || pair[0] < 1 || pair[1] < 1) {
    fail(key + " is neither a number nor a pair", "write " + key + " = [height, width]");
  }
  return {pair[0], pair[1]};
}

std::string LayerReader::choice(const std::string& key, const std::vector<std::string>& allowed) {
  std::string word = text(key, allowed.front());
  if (std::find(allowed.begin(), allowed.end(), word) == allowed.end()) {
    fail(key + " is \"" + word + "\"", fmt::format("write \"{}\"", fmt::join(allowed, "\" or \"")));
  }
  return word;
}

void LayerReader::finish() const {
  for (const auto& [key, value] : layer_.values) {
    if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) {
      fail("the key " + key + " is not known", suggestion(key, asked_));
    }
  }
}

}  // namespace stapes::network
