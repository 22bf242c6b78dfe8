#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "toolkit/specification/specification.h"

namespace stapes::network {

// Reads the keys of one [[network.layers]] entry strictly: wrong types, limits and keys that the
// layer does not have are errors that name the layer, the key and the nearest key.
class LayerReader {
 public:
  explicit LayerReader(const LayerSettings& layer);

  int32_t integer(const std::string& key, int32_t otherwise, int32_t low, int32_t high);
  int32_t required_integer(const std::string& key, int32_t low, int32_t high);
  double number(const std::string& key, double otherwise, double low, double high);
  bool boolean(const std::string& key, bool otherwise);
  std::string text(const std::string& key, const std::string& otherwise);
  std::vector<int32_t> integers(const std::string& key);  // empty when missing
  // A pair [height, width], or a whole number for both.
  std::pair<int32_t, int32_t> height_and_width(const std::string& key,
                                               std::pair<int32_t, int32_t> otherwise);
  // One of `allowed`; its first when missing.
  std::string choice(const std::string& key, const std::vector<std::string>& allowed);
  bool contains(const std::string& key) const { return layer_.values.count(key) != 0; }

  void finish() const;
  [[noreturn]] void fail(const std::string& why, const std::string& remedy = "") const;

 private:
  const LayerSettings::Value* ask(const std::string& key);

  const LayerSettings& layer_;
  std::vector<std::string> asked_{"name"};
};

}  // namespace stapes::network
