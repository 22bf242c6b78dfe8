#pragma once
#include <array>
#include <cstdint>

#include "toolkit/augmentation/vocal_tract.h"
#include "toolkit/specification/specification.h"

namespace stapes::augmentation {

// Everything that is left to chance about one training example. It is drawn before anything is
// done, always the same numbers in the same order, so that switching one step off leaves the
// others as they were, and a listing of the draws explains what is heard.
struct Draws {
  enum class Kind { kClip, kSilence, kCroppedKeyword, kSplicedKeywords, kReversedKeyword };

  // A stretch of some file of sound; `file` is taken modulo the number of files.
  struct Noise {
    bool on = false;
    uint64_t file = 0;
    double start = 0;     // 0 … 1 of the possible beginnings
    double level_db = 0;  // signal-to-noise ratio, or RMS in decibels full scale
  };

  Kind kind = Kind::kClip;
  static constexpr size_t kTries = 4;
  // Candidates for the kinds made of keywords, modulo their number.
  std::array<uint64_t, kTries> keywords{};
  double crop_fraction = 1.0;
  double splice_fraction = 0.5;  // of the first word that is heard; of the second: the rest
  double speed = 1.0;
  VocalTract tract;
  bool room_on = false;
  uint64_t room = 0;      // modulo the number of rooms
  double position = 0.5;  // see training_offset()
  double gain_db = 0.0;
  Noise ambient;
  Noise microphone;
};

// The draws for example `index` of `epoch`. Only an example of the unknown class can become silence
// or be made of keywords.
Draws draw(const Specification& specification, bool is_unknown, uint64_t epoch, uint64_t index);

const char* kind_name(Draws::Kind kind);  // "clip", "silence", "cropped keyword", …

}  // namespace stapes::augmentation
