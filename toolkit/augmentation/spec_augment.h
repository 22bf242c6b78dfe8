#pragma once
#include <span>

#include "toolkit/base/philox.h"
#include "toolkit/specification/specification.h"

namespace stapes::augmentation {

// SpecAugment (Park et al., 2019) without time warping: stretches of frames and bands of channels
// are replaced by the spectrogram's mean, so that the model does not lean on any one of them. Each
// of the settings' masks is 0 … its maximum wide and anywhere. `features`: [frames, channels],
// normalized; `fill` is their mean: 0 for mean_and_std.
void spec_augment(std::span<float> features, size_t channels, float fill,
                  const AugmentationSettings& settings, Random& random);

// The mean of all values, for features that are not normalized to mean 0.
float mean_value(std::span<const float> features);

}  // namespace stapes::augmentation
