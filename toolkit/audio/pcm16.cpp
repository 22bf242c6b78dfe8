#include <bit>
#include <cstddef>

#include "toolkit/audio/clip.h"

namespace stapes::audio {

std::vector<int16_t> to_pcm16(const std::vector<float>& samples) {
  std::vector<int16_t> pcm(samples.size());
  // Adding 1.5 * 2^23 leaves the integer, rounded to nearest (ties to even), in the low bits of
  // the sum; unlike lrint this loop becomes vector code. A NaN becomes -32768.
  constexpr float kMagic = 12582912.0F;
  constexpr int32_t kMagicBits = 0x4B400000;
  const std::size_t count = samples.size();
  const float* in = samples.data();
  int16_t* out = pcm.data();
  for (std::size_t i = 0; i < count; ++i) {
    float scaled = in[i] * 32768.0F;
    scaled = scaled > -32768.0F ? scaled : -32768.0F;
    scaled = scaled < 32767.0F ? scaled : 32767.0F;
    out[i] = static_cast<int16_t>(std::bit_cast<int32_t>(scaled + kMagic) - kMagicBits);
  }
  return pcm;
}

}  // namespace stapes::audio
