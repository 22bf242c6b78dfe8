#include "toolkit/audio/level.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "toolkit/audio/lanes.h"

namespace stapes::audio {

double mean_square(std::span<const float> samples) {
  if (samples.empty()) return 0.0;
  // Blocks of 512 are summed in single precision in eight lanes, the blocks in double precision.
  constexpr size_t kStep = 2 * kLanes;
  constexpr size_t kBlock = 512;
  const size_t count = samples.size();
  const float* const in = samples.data();
  double total = 0.0;
  size_t i = 0;
  while (i + kStep <= count) {
    const size_t end = std::min(i + kBlock, count - (count - i) % kStep);
    Lanes even{};
    Lanes odd{};
    for (; i < end; i += kStep) {
      const Lanes first = load_lanes(in + i);
      const Lanes second = load_lanes(in + i + kLanes);
      even += first * first;
      odd += second * second;
    }
    total += static_cast<double>(sum_of_lanes(even + odd));
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
