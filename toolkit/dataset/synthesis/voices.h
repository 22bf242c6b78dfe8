#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/dataset/dataset.h"

namespace stapes::dataset {

enum class Engine { kEspeak, kFlite, kFestival };

// A synthetic speaker: a voice of an engine, spoken with one accent, at one height and with one
// length of the vocal tract.
struct Voice {
  Engine engine = Engine::kEspeak;
  std::string accent;  // eSpeak NG: its English language, e.g. "en-gb-scotland"
  std::string timbre;  // eSpeak NG: the variant, e.g. "f2"; others: the voice, e.g. "slt"
  Split split = Split::kTrain;
  double height = 0.5;  // of the voice, 0 … 1: the engine's range of pitches
  double tract = 1.0;   // formants (and pitch) are multiplied by this

  std::string name() const;    // "espeak-ng_en-us_f2", unique among all_voices()
  std::string source() const;  // "espeak-ng", "flite", "festival"
};

// Every speaker of a split, in an order that depends only on the seed. A timbre is in one split
// only: the voices that a model is tested with were not heard in training.
// Each voice of flite and of Festival is as many speakers as is said here.
std::vector<Voice> voices_of(Split split, uint64_t seed, int flite_speakers = 24,
                             int festival_speakers = 0);

// The English languages of eSpeak NG that are used; "en" is British.
const std::vector<std::string>& accents();

}  // namespace stapes::dataset
