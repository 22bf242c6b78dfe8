#pragma once
#include <cstddef>
#include <string>

#include "toolkit/base/files.h"
#include "toolkit/dataset/synthesis/plan.h"

namespace stapes::dataset {

// Speaks words with many voices into a folder per word, and makes noise and rooms:
//
//   OUTPUT/seven/espeak-ng_en-us_f2_nohash_0.flac     16 kHz, mono, 16 bits
//   OUTPUT/_unknown_/forest/…
//   OUTPUT/_sentences_/espeak-ng_en-us_f2_nohash_0.flac
//   OUTPUT/_background_noise_/ambient/babble_train_0.flac
//   OUTPUT/_background_noise_/microphone/…
//   OUTPUT/_rooms_/room_train_00.flac                 impulse responses
//   OUTPUT/manifest.csv                               speaker, split, source, licence, checksum
//   OUTPUT/other_words.csv                            where they were chosen by their sound: how
//   far
//                                                     each is from which keyword
//   OUTPUT/synthesis.json                             what it was made with
//
// The same settings give the same bytes, for any number of processes and after any interruption.
// What is there already with the right checksum is not made again.
struct SynthesisOptions {
  SynthesisSettings settings;
  Path output;
  int processes = 0;         // 0: as many as the machine has cores
  bool unknown = true;       // make clips of other words, and sentences
  bool surroundings = true;  // make noise and rooms
};

struct SynthesisResult {
  size_t made = 0;  // files written
  size_t kept = 0;  // files that were there
  size_t speakers = 0;
  double seconds = 0;  // of working
  std::string engines;
};

// Throws Error when the folder holds something else or was made with another seed or other engines,
// and Interrupted after Ctrl-C; run again, it goes on.
// REQUIRES: no other threads run (processes.h).
SynthesisResult synthesize(const SynthesisOptions& options);

}  // namespace stapes::dataset
