#pragma once
#include <cstdint>
#include <vector>

namespace stapes::audio {

// A piece of sound: mono, -1 … 1 (a 16-bit sample s is s / 32768).
struct Clip {
  std::vector<float> samples;
  int sample_rate_hz = 16000;
};

// The 16-bit PCM that the device would get: round to nearest, saturate. Exact for 16-bit files.
std::vector<int16_t> to_pcm16(const std::vector<float>& samples);

}  // namespace stapes::audio
