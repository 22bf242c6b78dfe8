#pragma once
#include <string>

#include "device/spotter/spotter.h"

// C++ source text of a spotter's constants.
namespace stapes::codegen {

// The front end's tables: arrays at namespace scope, and assignments to the members of a
// FrontEndTables `t`. Throws Error for settings that the front end refuses.
struct TablesText {
  std::string arrays;
  std::string assignments;
};
TablesText tables_text(const FrontEndSettings& settings);

// Assignments to the members of a Spotter::Settings `s`; thresholds of classes are in kThresholds.
std::string settings_text(const Spotter::Settings& settings);

std::string string_literal(const char* text);

}  // namespace stapes::codegen
