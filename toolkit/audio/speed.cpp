#include "toolkit/audio/speed.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <numbers>

#include "toolkit/audio/lanes.h"

namespace stapes::audio {
namespace {

constexpr size_t kPhases = 200;  // output k lies at input sample k * steps / kPhases
constexpr size_t kTaps = 32;
constexpr size_t kBefore = kTaps / 2 - 1;  // taps before the position
constexpr double kHalfWidth = kTaps / 2.0;
constexpr double kKaiserBeta = 5.0;
constexpr double kCutoff = 0.92;  // -6 dB, as a part of the Nyquist frequency

using Phase = std::array<float, kTaps>;
using Filter = std::array<Phase, kPhases>;

double sinc(double x) {
  return x == 0.0 ? 1.0 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

double kaiser(double x) {  // x: -1 … 1
  return std::cyl_bessel_i(0.0, kKaiserBeta * std::sqrt(std::max(0.0, 1.0 - x * x))) /
         std::cyl_bessel_i(0.0, kKaiserBeta);
}

std::unique_ptr<Filter> design(size_t steps) {
  const double slower = std::min(1.0, static_cast<double>(kPhases) / static_cast<double>(steps));
  const double cutoff = kCutoff * slower;
  auto filter = std::make_unique<Filter>();
  for (size_t p = 0; p < kPhases; ++p) {
    std::array<double, kTaps> taps{};
    double sum = 0.0;
    for (size_t t = 0; t < kTaps; ++t) {
      const double distance =
          static_cast<double>(t) - static_cast<double>(kBefore) - static_cast<double>(p) / kPhases;
      taps[t] = sinc(cutoff * distance) * kaiser(distance / kHalfWidth);
      sum += taps[t];
    }
    // Each phase sums to one, so that no phase is louder than another.
    for (size_t t = 0; t < kTaps; ++t) (*filter)[p][t] = static_cast<float>(taps[t] / sum);
  }
  return filter;
}

const Filter& filter_for(size_t steps) {
  static std::mutex mutex;
  static std::map<size_t, std::unique_ptr<Filter>> filters;
  const std::lock_guard lock(mutex);
  std::unique_ptr<Filter>& filter = filters[steps];
  if (!filter) filter = design(steps);
  return *filter;
}

float dot(const float* samples, const Phase& taps) {
  Lanes even{};
  Lanes odd{};
  for (size_t t = 0; t < kTaps; t += 2 * kLanes) {
    even += load_lanes(samples + t) * load_lanes(taps.data() + t);
    odd += load_lanes(samples + t + kLanes) * load_lanes(taps.data() + t + kLanes);
  }
  return sum_of_lanes(even + odd);
}

}  // namespace

std::vector<float> change_speed(std::span<const float> samples, double speed) {
  const auto steps = static_cast<size_t>(std::lround(speed * kPhases));
  if (steps == kPhases) return {samples.begin(), samples.end()};
  const Filter& filter = filter_for(steps);
  std::vector<float> padded(samples.size() + 2 * kTaps, 0.0F);
  std::copy(samples.begin(), samples.end(), padded.begin() + kBefore);
  const size_t length = (samples.size() * kPhases + steps / 2) / steps;
  std::vector<float> result(length);
  size_t position = 0;
  size_t phase = 0;
  for (float& output : result) {
    output = dot(padded.data() + position, filter[phase]);
    phase += steps;
    while (phase >= kPhases) {
      phase -= kPhases;
      ++position;
    }
  }
  return result;
}

}  // namespace stapes::audio
