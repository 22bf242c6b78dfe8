#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/base/files.h"

namespace stapes {

// [finetuning]: `stapes finetune` (docs/quantization.md).
struct FinetuningSettings {
  int32_t epochs = 3;
  int32_t clips = 6400;                 // of the training split, others in each epoch; 0: all
  double learning_rate = 2e-5;          // at the beginning; falls to 0 along half a cosine
  double range_learning_rate = 3e-4;    // of the activations' ranges, as a fraction of the range
  double label_weight = 0.0;            // share of the labels in the loss; the rest: float's scores
  int32_t representative_clips = 1000;  // of the validation split, clean and in noise
  std::string best_by = "difference";   // of the scores from float's, on validation | last
};

// That table alone: it is no part of a Specification, because only one command needs it.
// read_specification() checks it too.
FinetuningSettings read_finetuning_settings(const Path& file,
                                            const std::vector<std::string>& overrides = {});

}  // namespace stapes
