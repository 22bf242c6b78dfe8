#pragma once
#include <cmath>
#include <filesystem>
#include <span>
#include <string>

#include "toolkit/audio/read.h"
#include "toolkit/base/files.h"
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

// A recording that opens as audio and ends too soon: half of a FLAC file, whatever its name.
inline void write_cut_recording(const Path& path) {
  const Path whole = path.parent_path() / "whole.flac";
  write_tone(whole);
  const Bytes bytes = read_file(whole);
  std::filesystem::remove(whole);
  write_file(path, std::span(bytes).first(bytes.size() / 2));
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
