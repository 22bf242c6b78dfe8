#pragma once
#include <cstring>

namespace stapes::audio {

// Four floats that are computed with at once: the compilers' own vector type, because GCC 12 leaves
// sums over a fixed number of lanes scalar. The order of the additions is written out, so that the
// result is the same on every machine.
using Lanes = float __attribute__((vector_size(16)));
inline constexpr unsigned kLanes = 4;

inline Lanes load_lanes(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof(lanes));
  return lanes;
}

inline float sum_of_lanes(Lanes lanes) { return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]); }

}  // namespace stapes::audio
