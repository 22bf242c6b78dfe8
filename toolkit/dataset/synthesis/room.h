#pragma once
#include <array>

#include "toolkit/audio/clip.h"
#include "toolkit/base/philox.h"

namespace stapes::dataset {

// A rectangular room, metres, with one absorption for all walls.
struct Room {
  std::array<double, 3> size = {4.0, 3.0, 2.5};
  std::array<double, 3> source = {1.0, 1.0, 1.5};
  std::array<double, 3> microphone = {3.0, 2.0, 1.2};
  double reverberation_seconds = 0.3;  // RT60, until the sound has fallen by 60 dB
};

// Living rooms, offices and halls, the microphone 0.3 to 5 metres away.
Room draw_room(Random& random);

// Its impulse response at 16 kHz by the image-source method (Allen and Berkley, "Image method for
// efficiently simulating small-room acoustics", JASA 65, 1979), the walls' reflection from Eyring's
// formula. The direct sound comes after 2 ms whatever its way was; the greatest sample is 0.9.
audio::Clip impulse_response(const Room& room);

}  // namespace stapes::dataset
