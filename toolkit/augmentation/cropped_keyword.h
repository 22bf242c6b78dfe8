#pragma once
#include <optional>
#include <span>
#include <vector>

#include "toolkit/augmentation/placement.h"

namespace stapes::augmentation {

// The beginning of a keyword, just entering the window: its first `fraction` at the very end, zeros
// before. The model has to call this unknown; without such examples it fires on words that only
// begin like a keyword. Nothing, if after trimming the clip is longer than crop_maximum_ms: then it
// is too noisy to tell where the word begins.
std::optional<std::vector<float>> crop_keyword(std::span<const float> clip, double fraction,
                                               const AugmentationSettings& settings,
                                               int sample_rate_hz, const Window& window);

}  // namespace stapes::augmentation
