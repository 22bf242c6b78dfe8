#pragma once
#include <toml++/toml.h>

#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/specification/specification.h"

namespace stapes {

// Reads one table of a TOML file strictly: every key that is there must be asked for, with the
// right type, and within its limits. finish() reports the first key that nobody asked for together
// with the nearest one that somebody did.
class TableReader {
 public:
  // `section` is "data.unknown", for messages; `file` likewise. `table` may be null: all defaults.
  TableReader(const toml::table* table, std::string section, std::string file);

  bool contains(const std::string& key) const;

  // Each leaves `value` as it is when the key is missing.
  void read(const std::string& key, bool& value);
  void read(const std::string& key, std::string& value);
  void read(const std::string& key, Path& value);
  void read(const std::string& key, double& value, double low, double high);
  void read(const std::string& key, float& value, double low, double high);
  void read(const std::string& key, int32_t& value, int64_t low, int64_t high);
  void read(const std::string& key, uint64_t& value);
  void read(const std::string& key, std::vector<std::string>& value);
  void read(const std::string& key, std::vector<Path>& value);
  void read(const std::string& key, std::vector<int32_t>& value, int64_t low, int64_t high);
  void read(const std::string& key, Range& value, double low, double high);  // [low, high]
  // A word out of `allowed`; the error names the nearest one.
  void read_choice(const std::string& key, std::string& value,
                   const std::vector<std::string>& allowed);

  const toml::table* table(const std::string& key);  // null when missing
  const toml::array* array(const std::string& key);  // null when missing

  void finish() const;

  [[noreturn]] void fail(const std::string& key, const std::string& why,
                         const std::string& remedy = "") const;
  // About the table as a whole.
  [[noreturn]] void fail(const std::string& why) const;

 private:
  const toml::node* ask(const std::string& key);
  std::string where(const std::string& key) const;

  const toml::table* table_;
  std::string section_;
  std::string file_;
  std::vector<std::string> asked_;
};

}  // namespace stapes
