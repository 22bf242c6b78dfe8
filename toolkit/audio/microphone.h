#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace stapes::audio {

// The computer's microphone (PortAudio), mono, 16 bit, at any rate: what the device does not offer
// is resampled from what it does.
class Microphone {
 public:
  // `device`: a part of its name, in any case; empty: the default one. Throws Error when there is
  // no microphone, or none of that name (then it names those that there are).
  Microphone(int sample_rate_hz, const std::string& device = "");
  ~Microphone();
  Microphone(const Microphone&) = delete;
  Microphone& operator=(const Microphone&) = delete;

  // Waits for the next piece of sound, some 20 ms. Throws Error when the device has gone.
  std::vector<int16_t> read();

  const std::string& name() const;
  int device_rate_hz() const;
  // Pieces of sound that were lost because read() was called too late.
  size_t overruns() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace stapes::audio
