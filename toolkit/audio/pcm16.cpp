#include <bit>
#include <cstddef>

#include "toolkit/audio/clip.h"
#include "toolkit/audio/lanes.h"

namespace stapes::audio {
namespace {

// Adding 1.5 * 2^23 leaves the integer, rounded to nearest (ties to even), in the low bits of the
// sum. `sample` is compared so that a NaN becomes -32768.
constexpr float kRounding = 12582912.0F;
constexpr int32_t kRoundingBits = 0x4B400000;
static_assert(std::bit_cast<int32_t>(kRounding) == kRoundingBits);

int16_t to_pcm16(float sample) {
  float scaled = sample * 32768.0F;
  scaled = scaled > -32768.0F ? scaled : -32768.0F;
  scaled = scaled < 32767.0F ? scaled : 32767.0F;
  return static_cast<int16_t>(std::bit_cast<int32_t>(scaled + kRounding) - kRoundingBits);
}

using IntegerLanes = int32_t __attribute__((vector_size(16)));
using ShortLanes = int16_t __attribute__((vector_size(8)));

ShortLanes to_pcm16(Lanes samples) {
  const Lanes low = Lanes{} - 32768.0F;
  const Lanes high = Lanes{} + 32767.0F;
  Lanes scaled = samples * 32768.0F;
  scaled = scaled > low ? scaled : low;
  scaled = scaled < high ? scaled : high;
  return __builtin_convertvector(std::bit_cast<IntegerLanes>(scaled + kRounding) - kRoundingBits,
                                 ShortLanes);
}

}  // namespace

std::vector<int16_t> to_pcm16(const std::vector<float>& samples) {
  std::vector<int16_t> pcm(samples.size());
  std::size_t i = 0;
  for (; i + kLanes <= samples.size(); i += kLanes) {
    const ShortLanes values = to_pcm16(load_lanes(samples.data() + i));
    std::memcpy(pcm.data() + i, &values, sizeof(values));
  }
  for (; i < samples.size(); ++i) pcm[i] = to_pcm16(samples[i]);
  return pcm;
}

}  // namespace stapes::audio
