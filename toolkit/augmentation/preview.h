#pragma once
#include <cstdint>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/dataset/dataset.h"
#include "toolkit/specification/specification.h"

namespace stapes::augmentation {

struct PreviewOptions {
  size_t clips = 24;   // of all classes in turn
  uint64_t epoch = 0;  // another epoch: other clips, other draws
};

// One example as training gets it.
struct PreviewItem {
  Path sound;      // 16-bit WAV: lead-in and window
  Path image;      // PNG: the model's input, with its masks
  Path recording;  // the file that it was made from; empty: silence
  std::string label;
};

// Writes examples of the training split to listen to and to look at, and draws.csv, which says for
// each what chance has done to it. Replaces files of the same names, leaves others alone.
std::vector<PreviewItem> write_preview(const Specification& specification,
                                       const dataset::Dataset& dataset, const Path& folder,
                                       const PreviewOptions& options = {});

}  // namespace stapes::augmentation
