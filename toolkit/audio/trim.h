#pragma once
#include <cstddef>
#include <span>

namespace stapes::audio {

// Samples [begin, end) of a signal.
struct Extent {
  size_t begin = 0;
  size_t end = 0;

  size_t size() const { return end - begin; }
};

// The part of `samples` between the first and the last frame that is less than `top_db` below the
// loudest frame. Frames of 2048 samples around every 512th sample, zeros beyond the ends, RMS per
// frame: the definition of librosa.effects.trim, in whose terms `top_db` values are known. A silent
// signal keeps its whole extent, since no frame is below the loudest.
Extent find_sound(std::span<const float> samples, double top_db);

}  // namespace stapes::audio
