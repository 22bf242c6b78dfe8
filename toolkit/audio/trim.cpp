#include "toolkit/audio/trim.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "toolkit/audio/level.h"

namespace stapes::audio {
namespace {

constexpr size_t kFrame = 2048;
constexpr size_t kHop = 512;
constexpr double kSmallestPower = 1e-10;  // below this, power counts as this

// Mean square of each frame. A frame is four hops: two before and two after its centre.
std::vector<double> frame_power(std::span<const float> samples) {
  const size_t hops = samples.size() / kHop + 1;
  std::vector<double> energy(hops + 3, 0.0);  // energy[h + 2] is that of hop h
  for (size_t h = 0; h < hops; ++h) {
    const auto hop = samples.subspan(h * kHop, std::min(kHop, samples.size() - h * kHop));
    energy[h + 2] = mean_square(hop) * static_cast<double>(hop.size());
  }
  std::vector<double> power(hops);
  for (size_t f = 0; f < hops; ++f) {
    power[f] = (energy[f] + energy[f + 1] + energy[f + 2] + energy[f + 3]) / kFrame;
  }
  return power;
}

}  // namespace

Extent find_sound(std::span<const float> samples, double top_db) {
  std::vector<double> decibels = frame_power(samples);
  for (double& value : decibels) value = 10.0 * std::log10(std::max(value, kSmallestPower));
  const double threshold = *std::max_element(decibels.begin(), decibels.end()) - top_db;
  const auto is_sound = [threshold](double value) { return value > threshold; };
  const auto first = std::find_if(decibels.begin(), decibels.end(), is_sound);
  if (first == decibels.end()) return {0, samples.size()};  // only when top_db is 0 or less
  const auto last = std::find_if(decibels.rbegin(), decibels.rend(), is_sound);
  const auto begin = static_cast<size_t>(first - decibels.begin()) * kHop;
  const auto end = static_cast<size_t>(decibels.rend() - last) * kHop;
  return {std::min(begin, samples.size()), std::min(end, samples.size())};
}

}  // namespace stapes::audio
