#pragma once
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "toolkit/audio/fft.h"
#include "toolkit/augmentation/bounded_cache.h"
#include "toolkit/base/files.h"

namespace stapes::augmentation {

// An impulse response as it is used: from 1 ms before its greatest peak (the direct sound), so that
// the clip is not delayed by the distance at which the response was measured, to where 60 dB of its
// energy have decayed; scaled to an energy of 1, so that the room changes the sound and hardly the
// level. Throws Error naming `where` when it is silent.
std::vector<float> prepare_impulse_response(std::vector<float> samples, int sample_rate_hz,
                                            const Path& where);

// The impulse responses of rooms; read when they are wanted and kept, with their spectra, up to a
// limit. Thread-safe.
class RoomBank {
 public:
  static constexpr size_t kDefaultLimit = size_t{128} << 20;

  RoomBank(std::vector<Path> files, int sample_rate_hz, size_t limit_bytes = kDefaultLimit);

  bool empty() const { return files_.empty(); }
  size_t size() const { return files_.size(); }
  const Path& path(uint64_t room) const { return files_[room % files_.size()]; }

  // The clip as it sounds in that room (taken modulo size()), with the whole reverberation:
  // clip.size() + taps - 1 samples. REQUIRES: !empty()
  std::vector<float> convolve(uint64_t room, std::span<const float> clip) const;

 private:
  std::vector<Path> files_;
  int sample_rate_hz_;
  BoundedCache<size_t, std::vector<float>> taps_;
  BoundedCache<std::pair<size_t, size_t>, audio::Spectrum> spectra_;  // by room and FFT length
};

}  // namespace stapes::augmentation
