#pragma once
#include <span>
#include <vector>

namespace stapes::audio {

// Plays `samples` `speed` times as fast, which also shifts the pitch: round(size / speed) samples.
// The speed is taken to the next multiple of 0.005, so that the filter is one of few and exact: a
// polyphase bank of 200 phases with 32 taps each (a sinc under a Kaiser window), cut off below the
// lower of the two Nyquist frequencies. Up to 0.8 of that the gain is flat within 0.2 dB; aliases
// are 45 dB down. This is for varying training clips; for changing a file's rate there is
// resample(). Thread-safe. REQUIRES: 0.5 <= speed <= 2
std::vector<float> change_speed(std::span<const float> samples, double speed);

}  // namespace stapes::audio
