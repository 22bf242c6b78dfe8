#include "toolkit/audio/level.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace stapes::audio {

double mean_square(std::span<const float> samples) {
  if (samples.empty()) return 0.0;
  // Blocks of 512 are summed in single precision in eight lanes, the blocks in double precision.
  constexpr size_t kLanes = 8;
  constexpr size_t kBlock = 512;
  const size_t count = samples.size();
  const float* const in = samples.data();
  double total = 0.0;
  size_t i = 0;
  while (i + kLanes <= count) {
    const size_t end = std::min(i + kBlock, count - (count - i) % kLanes);
    std::array<float, kLanes> lanes{};
    for (; i < end; i += kLanes) {
      for (size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += in[i + lane] * in[i + lane];
    }
    for (const float lane : lanes) total += static_cast<double>(lane);
  }
  for (; i < count; ++i) total += static_cast<double>(in[i]) * static_cast<double>(in[i]);
  return total / static_cast<double>(count);
}

double mean_square(std::span<const int16_t> pcm) {
  if (pcm.empty()) return 0.0;
  int64_t total = 0;
  for (const int16_t sample : pcm) total += int32_t{sample} * int32_t{sample};
  return static_cast<double>(total) / (32768.0 * 32768.0) / static_cast<double>(pcm.size());
}

double rms(std::span<const float> samples) { return std::sqrt(mean_square(samples)); }

double rms(std::span<const int16_t> pcm) { return std::sqrt(mean_square(pcm)); }

double to_decibels(double amplitude) { return 20.0 * std::log10(std::max(amplitude, 1e-10)); }

double from_decibels(double decibels) { return std::pow(10.0, decibels / 20.0); }

}  // namespace stapes::audio
