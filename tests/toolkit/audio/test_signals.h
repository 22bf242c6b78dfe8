#pragma once
#include <cmath>
#include <numbers>
#include <vector>

#include "toolkit/base/philox.h"

// Signals whose properties are known, made on the spot.
namespace stapes::test {

inline std::vector<float> tone(double hz, double amplitude, size_t samples, int rate = 16000) {
  std::vector<float> signal(samples);
  for (size_t i = 0; i < samples; ++i) {
    const double phase = 2.0 * std::numbers::pi * hz * static_cast<double>(i) / rate;
    signal[i] = static_cast<float>(amplitude * std::sin(phase));
  }
  return signal;
}

inline std::vector<float> white_noise(double amplitude, size_t samples, uint64_t seed = 1) {
  Random random(seed, Purpose::kTest);
  std::vector<float> signal(samples);
  for (float& sample : signal) sample = static_cast<float>(random.uniform(-amplitude, amplitude));
  return signal;
}

}  // namespace stapes::test
