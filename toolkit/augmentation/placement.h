#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "toolkit/specification/specification.h"

namespace stapes::augmentation {

// What the front end is given: `lead_in` samples that warm its noise estimator, then the `length`
// samples that one inference sees.
struct Window {
  size_t lead_in = 0;
  size_t length = 0;

  explicit Window(const Specification& specification);
  Window(size_t lead_in_samples, size_t window_samples)
      : lead_in(lead_in_samples), length(window_samples) {}

  size_t total() const { return lead_in + length; }
};

// The clip in a buffer of zeros, its first sample at `lead_in + offset`. What falls before the
// lead-in's end or beyond the window's end is cut off.
std::vector<float> place(std::span<const float> clip, std::ptrdiff_t offset, const Window& window);

// Centred: a shorter clip with zeros on both sides, a longer one cut on both. Where the difference
// is odd, the first half is the smaller one.
std::ptrdiff_t centred_offset(size_t clip, const Window& window);
std::vector<float> place_for_evaluation(std::span<const float> clip, const Window& window);

// Where a training clip begins; `fraction` is drawn from [0, 1). Every place is equally likely:
// - `maximum_shift_ms` > 0: from that far before the centre to that far behind it;
// - `shift`: a shorter clip lies anywhere inside the window, a longer one is cut to any stretch;
// - else centred.
std::ptrdiff_t training_offset(size_t clip, const Window& window,
                               const AugmentationSettings& settings, int sample_rate_hz,
                               double fraction);

}  // namespace stapes::augmentation
