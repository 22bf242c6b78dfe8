#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/evaluation/test_model.h"

namespace stapes::evaluation {

// Hard negatives: pieces of sound without keywords that a trained model takes for one. Learnt as
// the unknown class, they show it what it gets wrong.
struct MiningOptions {
  double score = 0.5;             // a keyword's score from which on a window is taken, 0 … 1
  int32_t hop_ms = 60;            // between inferences
  int32_t suppression_ms = 1000;  // of windows that begin closer together only the best is taken
  size_t maximum = 0;             // at most so many windows, those with the highest scores; 0: all
  int threads = 0;
};

// A window that was taken for a keyword.
struct HardNegative {
  Path recording;
  int64_t begin_ms = 0;  // of the window in the recording; below 0: it begins in the silence before
  std::string keyword;
  double score = 0.0;
};

// Hears each recording from its beginning to half a window behind its end, as the device does, and
// returns the windows in the order of recordings and time. Depends on model, recordings and options
// alone. Throws Error for recordings that cannot be read, and Interrupted after Ctrl-C.
std::vector<HardNegative> find_hard_negatives(const TestModel& model,
                                              const std::vector<Path>& recordings,
                                              const MiningOptions& options);

// Writes OUTPUT/_unknown_/mined/NAME_nohash_MS.flac, each a window of the model, with a
// manifest.csv that gives them to training, and mined.csv: path, recording, begin_ms, keyword,
// score. Windows of an earlier run are removed. Throws Error when the folder holds other
// recordings.
void write_hard_negatives(const std::vector<HardNegative>& found, const TestModel& model,
                          const Path& output);

}  // namespace stapes::evaluation
