#pragma once
#include <cmath>
#include <filesystem>
#include <string>

#include "toolkit/audio/read.h"
#include "toolkit/specification/specification.h"

namespace stapes::test {

// A quarter of a second of a tone.
inline void write_tone(const Path& path, double hertz = 440.0) {
  audio::Clip clip;
  for (int i = 0; i < 4000; ++i) {
    clip.samples.push_back(static_cast<float>(0.3 * std::sin(0.0003926990817 * hertz * i)));
  }
  audio::write_audio(path, clip);
}

// Recordings of `words`, one per speaker, named as Speech Commands names them.
inline void write_recordings(const Path& folder, const std::vector<std::string>& words,
                             int speakers) {
  for (const std::string& word : words) {
    for (int s = 0; s < speakers; ++s) {
      write_tone(folder / word / ("speaker" + std::to_string(s) + "_nohash_0.wav"));
    }
  }
}

// "yes" and "no" and the unknown class, from the data root itself.
inline Specification small_specification() {
  Specification specification;
  specification.file = "small.toml";
  specification.keywords = {"yes", "no"};
  DataSource source;
  source.path = ".";
  specification.data.sources = {source};
  return specification;
}

}  // namespace stapes::test
