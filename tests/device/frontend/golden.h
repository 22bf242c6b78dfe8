#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/reference_data.h"
#include "toolkit/audio/read.h"
#include "toolkit/specification/front_end_parameters.h"

namespace stapes::test {

inline std::filesystem::path golden(const std::string& name) {
  return reference_data() / "vectors/frontend" / name;
}

inline FrontEndSettings golden_settings(const std::string& name) {
  FrontEndSettings settings;
  read_front_end_parameters(settings, golden("settings." + name + ".txt"));
  return settings;
}

inline std::vector<int16_t> golden_sound(const std::string& name) {
  return audio::to_pcm16(audio::read_audio(golden(name + ".wav")).clip.samples);
}

// All values of a CSV file, row after row.
inline std::vector<double> read_csv(const std::filesystem::path& path, bool header = false) {
  std::ifstream file(path);
  std::vector<double> values;
  std::string line;
  if (header) std::getline(file, line);
  while (std::getline(file, line)) {
    std::stringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) values.push_back(std::stod(cell));
  }
  return values;
}

// The line "name,value,value,…" of a file of such lines.
inline std::vector<int64_t> read_named(const std::filesystem::path& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::stringstream cells(line);
    std::string cell;
    std::getline(cells, cell, ',');
    if (cell != name) continue;
    std::vector<int64_t> values;
    while (std::getline(cells, cell, ',')) values.push_back(std::stoll(cell));
    return values;
  }
  return {};
}

}  // namespace stapes::test
