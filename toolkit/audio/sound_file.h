#pragma once
#include <sndfile.h>

#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/base/files.h"

namespace stapes::audio {

// An open sound file, for reading. Internal to this room: the only place that knows libsndfile's
// ways of saying that a file is broken.
class SoundFile {
 public:
  // Throws Error when the file is missing, empty, not audio, truncated or without samples.
  explicit SoundFile(const Path& path);
  ~SoundFile();
  SoundFile(const SoundFile&) = delete;
  SoundFile& operator=(const SoundFile&) = delete;

  int64_t samples() const { return info_.frames; }  // per channel
  int sample_rate_hz() const { return info_.samplerate; }
  int channels() const { return info_.channels; }
  // How a sample is stored where that is not 16-bit PCM: "24-bit", "32-bit float"; else "".
  std::string unusual_encoding() const;

  // Samples [start, start + count), channels averaged, full scale 1. Throws Error when the file
  // ends or breaks before that, and on NaN and infinity.
  std::vector<float> read_mono(int64_t start, int64_t count);

 private:
  void check_declared_length() const;

  Path path_;
  SF_INFO info_{};
  SNDFILE* file_ = nullptr;
};

}  // namespace stapes::audio
