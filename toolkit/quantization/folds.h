#pragma once
#include <cstddef>
#include <vector>

#include "toolkit/quantization/inputs.h"

namespace stapes::quantization {

// One way to part inputs in two.
struct Fold {
  Inputs calibrating;
  Inputs judging;
  std::vector<size_t> judged;  // which of the whole inputs judging's are
};

// `folds` ways, for cross-validation: fold k judges by recordings k, k + folds, k + 2 folds, … and
// calibrates with all others, so that each input judges once and never what its recording
// calibrated. With fewer than two recordings for each fold there is one fold, whose inputs are all
// in both parts. The folds hold copies of `inputs.fill`. REQUIRES: folds > 1
std::vector<Fold> cross_validation(const Inputs& inputs, size_t folds);

}  // namespace stapes::quantization
