#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

namespace stapes::test {

// Noise that swells, a square wave that comes and goes, and an offset; in integers only, so that it
// is the same everywhere: xorshift32 (Marsaglia, 2003) from 1.
inline std::vector<int16_t> test_sound(int32_t samples) {
  std::vector<int16_t> sound;
  uint32_t state = 1;
  for (int32_t i = 0; i < samples; ++i) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    const int32_t noise = (static_cast<int32_t>(state >> 16) - 32768) >> (12 - (i / 1500) % 12);
    const int32_t square = ((i / 37) % 2 != 0 ? 2500 : -2500) * ((i / 5000) % 2);
    sound.push_back(static_cast<int16_t>(std::clamp(noise + square + 300, -32768, 32767)));
  }
  return sound;
}

}  // namespace stapes::test
