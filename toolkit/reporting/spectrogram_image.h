#pragma once
#include <cstddef>
#include <span>

#include "toolkit/base/files.h"

namespace stapes::reporting {

// Writes a spectrogram as a PNG picture: time runs to the right, low frequencies are at the bottom,
// brighter is louder, from the least to the greatest value of all. A value is a rectangle of
// several pixels; where there are more frames than pixels, a column shows the mean of its frames.
// values: [frames, channels]. REQUIRES: values.size() is a multiple of channels and not 0
void write_spectrogram_image(const Path& path, std::span<const float> values, size_t channels);

}  // namespace stapes::reporting
