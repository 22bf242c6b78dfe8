#include "toolkit/audio/read.h"

#include <fmt/format.h>

#include <cmath>

#include "toolkit/audio/sound_file.h"

namespace stapes::audio {
namespace {

std::string describe_conversion(const SoundFile& file, int sample_rate_hz) {
  std::string text;
  const auto add = [&text](const std::string& item) {
    if (!text.empty()) text += ", ";
    text += item;
  };
  if (file.channels() == 2) add("stereo");
  if (file.channels() > 2) add(fmt::format("{} channels", file.channels()));
  if (file.sample_rate_hz() != sample_rate_hz) add(fmt::format("{} Hz", file.sample_rate_hz()));
  const std::string encoding = file.unusual_encoding();
  if (!encoding.empty()) add(encoding);
  return text;
}

ReadResult read_range(SoundFile& file, int64_t start, int64_t count, const ReadOptions& options) {
  ReadResult result;
  result.clip = {file.read_mono(start, count), file.sample_rate_hz()};
  result.conversion = describe_conversion(file, options.sample_rate_hz);
  if (result.clip.sample_rate_hz != options.sample_rate_hz) {
    result.clip = resample(result.clip, options.sample_rate_hz);
  }
  return result;
}

}  // namespace

ReadResult read_audio(const Path& path, const ReadOptions& options) {
  SoundFile file(path);
  return read_range(file, 0, file.samples(), options);
}

AudioInfo read_audio_info(const Path& path) {
  const SoundFile file(path);
  return {file.samples(), file.sample_rate_hz(), file.channels()};
}

ReadResult read_audio_part(const Path& path, double start_seconds, double seconds,
                           const ReadOptions& options) {
  SoundFile file(path);
  const auto to_samples = [&file](double value) {
    return std::llround(value * file.sample_rate_hz());
  };
  return read_range(file, to_samples(start_seconds), to_samples(seconds), options);
}

}  // namespace stapes::audio
