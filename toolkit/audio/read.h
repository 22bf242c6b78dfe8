#pragma once
#include <cstdint>
#include <string>

#include "toolkit/audio/clip.h"
#include "toolkit/base/files.h"

namespace stapes::audio {

struct ReadOptions {
  int sample_rate_hz = 16000;  // resampled to this if the file has another
};

// What had to be done to a file to use it; empty: nothing. E.g. "stereo, 44100 Hz".
struct ReadResult {
  Clip clip;
  std::string conversion;
};

// WAV, FLAC, OGG and whatever else libsndfile reads; several channels are averaged. Throws Error
// naming the file when it is not audio, is truncated, has no samples or contains NaN or infinity.
ReadResult read_audio(const Path& path, const ReadOptions& options = {});

// What a file's header says, without decoding it. Throws Error as read_audio does.
struct AudioInfo {
  int64_t samples = 0;  // per channel, at the file's own rate
  int sample_rate_hz = 0;
  int channels = 0;
  double seconds() const { return static_cast<double>(samples) / sample_rate_hz; }
};
AudioInfo read_audio_info(const Path& path);

// A stretch of a long file, converted as read_audio does: `seconds` long from `start_seconds`,
// or as far as the file goes.
ReadResult read_audio_part(const Path& path, double start_seconds, double seconds,
                           const ReadOptions& options = {});

// Band-limited resampling.
Clip resample(const Clip& clip, int sample_rate_hz);

// 16-bit WAV or FLAC by extension.
void write_audio(const Path& path, const Clip& clip);

}  // namespace stapes::audio
