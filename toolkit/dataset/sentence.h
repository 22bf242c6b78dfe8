#pragma once
#include <string>
#include <vector>

#include "toolkit/audio/clip.h"
#include "toolkit/dataset/dataset.h"

namespace stapes::dataset {

struct SentenceSettings {
  std::vector<std::string> words;
  Split split = Split::kTest;
  int sample_rate_hz = 16000;
  double gap_ms = 700.0;          // before, between and after the words
  double noise_level_db = -65.0;  // RMS of the room that is heard throughout, dB full scale
  uint64_t seed = 1;
};

struct Sentence {
  audio::Clip clip;
  std::vector<double> word_begins_ms;  // where each word's recording begins
  std::vector<Path> files;             // and which it is
};

// One recording of several words, as a microphone would hear them: clips of one split, chosen by
// the seed, one after the other over faint noise. Throws Error when a word has no clip there.
Sentence make_sentence(const Dataset& data, const SentenceSettings& settings);

}  // namespace stapes::dataset
