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

// `folds` ways, for cross-validation: fold k judges by inputs k, k + folds, k + 2 folds, … and
// calibrates with all others, so that each input judges once and never what was calibrated with it.
// With fewer than two inputs for each fold there is one fold, whose inputs are all in both parts.
// The folds refer to `inputs.fill` by copy. REQUIRES: folds > 1
std::vector<Fold> cross_validation(const Inputs& inputs, size_t folds);

}  // namespace stapes::quantization
