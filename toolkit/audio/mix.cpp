#include "toolkit/audio/mix.h"

#include <cstddef>

#include "toolkit/audio/level.h"

namespace stapes::audio {
namespace {

// Quieter than half the last bit of 16-bit PCM: digital silence. Amplifying it would only bring up
// rounding errors.
constexpr double kSilence = 1.0 / 65536.0;

}  // namespace

void scale(std::span<float> samples, double factor) {
  const auto gain = static_cast<float>(factor);
  for (float& sample : samples) sample *= gain;
}

void add_scaled(std::span<float> onto, std::span<const int16_t> pcm, double factor) {
  const auto gain = static_cast<float>(factor / 32768.0);
  const size_t count = onto.size();
  float* const out = onto.data();
  const int16_t* const in = pcm.data();
  for (size_t i = 0; i < count; ++i) out[i] += gain * static_cast<float>(in[i]);
}

double factor_for_snr(double signal, double noise, double snr_db) {
  return noise < kSilence ? 0.0 : signal / noise * from_decibels(-snr_db);
}

double factor_for_level(double level, double level_db) {
  return level < kSilence ? 0.0 : from_decibels(level_db) / level;
}

}  // namespace stapes::audio
