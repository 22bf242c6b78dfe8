#pragma once
#include <toml++/toml.h>

#include <string>
#include <vector>

namespace stapes {

// Puts "training.epochs=3" and the like into the parsed file, before it is checked. A value that
// is not TOML by itself is taken as a text, so that quotes can be left out on a command line.
void apply_overrides(toml::table& file, const std::vector<std::string>& overrides);

}  // namespace stapes
