#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "toolkit/audio/clip.h"
#include "toolkit/base/philox.h"

namespace stapes::dataset {

// Noise at 16 kHz, scaled to the same level (RMS 0.05, -26 dB of full scale).
//   white       the same power at every frequency
//   pink        the same power in every octave: rain, wind
//   brown       6 dB less with every octave: traffic far away
//   hum         harmonics of the mains, 50 or 60 Hz
//   fan         pink noise whose level turns with the blades
//   clatter     short ringing knocks: keys, dishes, footsteps
//   microphone  a microphone's own: white, a little pink, a trace of hum
// Throws Error for another kind.
audio::Clip make_noise(const std::string& kind, double seconds, Random& random);

// Several people at once, `voices` of them at any time, from clips of single words.
// REQUIRES: words is not empty.
audio::Clip make_babble(std::span<const audio::Clip> words, int voices, double seconds,
                        Random& random);

}  // namespace stapes::dataset
