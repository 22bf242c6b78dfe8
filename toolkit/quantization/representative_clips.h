#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "toolkit/dataset/dataset.h"
#include "toolkit/quantization/inputs.h"
#include "toolkit/specification/specification.h"

namespace stapes::quantization {

// The representative dataset: features of clips that no weight was trained on.
struct RepresentativeClips {
  Inputs inputs;             // `together`: a clip's copies, the clean one first
  std::vector<int> classes;  // of each input
};

// Clips of the validation split, at most `maximum` of them, which the specification's seed chooses:
// each once as it is and once for each of `noise_db`, with noise of the split at that
// signal-to-noise ratio. Throws Error when noise is wanted and the split has none, and unless the
// specification's front end gives `values_per_input`.
RepresentativeClips representative_clips(const Specification& specification,
                                         const dataset::Dataset& data, size_t values_per_input,
                                         size_t maximum, std::span<const int32_t> noise_db,
                                         int threads);

}  // namespace stapes::quantization
