#include "toolkit/specification/overrides.h"

#include "toolkit/base/error.h"

namespace stapes {
namespace {

// The value as a one-key table, so that toml++ can copy it whatever type it has.
toml::table parse_value(const std::string& key, const std::string& value) {
  try {
    return toml::parse("value = " + value);
  } catch (const toml::parse_error&) {
    if (value.find_first_of("\"\n") != std::string::npos) {
      throw UsageError("--set " + key + "=" + value + " has a value that cannot be read");
    }
    return toml::table{{"value", value}};
  }
}

}  // namespace

void apply_overrides(toml::table& file, const std::vector<std::string>& overrides) {
  for (const std::string& text : overrides) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw UsageError("--set " + text + " is not of the form section.key=value");
    }
    const std::string key = text.substr(0, equals);
    toml::table* table = &file;
    size_t start = 0;
    for (size_t dot = key.find('.'); dot != std::string::npos; dot = key.find('.', start)) {
      const std::string name = key.substr(start, dot - start);
      if (!table->contains(name)) table->insert(name, toml::table{});
      table = table->get(name)->as_table();
      if (table == nullptr) throw UsageError("--set " + text + ": " + name + " is not a table");
      start = dot + 1;
    }
    table->insert_or_assign(key.substr(start),
                            *parse_value(key, text.substr(equals + 1)).get("value"));
  }
}

}  // namespace stapes
