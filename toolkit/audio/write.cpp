#include <sndfile.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <string>

#include "toolkit/audio/read.h"
#include "toolkit/base/error.h"

namespace stapes::audio {
namespace {

int container_of(const Path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (extension == ".wav") return SF_FORMAT_WAV;
  if (extension == ".flac") return SF_FORMAT_FLAC;
  throw Error("cannot write sound", path.string(), "its extension is neither .wav nor .flac",
              "name it .wav");
}

constexpr char kRemedy[] = "free some space or choose another place";

// "System error : No space left on device." -> "No space left on device"
std::string reason_of(SNDFILE* file) {
  std::string reason = sf_strerror(file);
  const std::string prefix = "System error : ";
  if (reason.starts_with(prefix)) reason.erase(0, prefix.size());
  while (reason.ends_with('.')) reason.pop_back();
  return reason;
}

}  // namespace

void write_audio(const Path& path, const Clip& clip) {
  SF_INFO info{};
  info.samplerate = clip.sample_rate_hz;
  info.channels = 1;
  info.format = container_of(path) | SF_FORMAT_PCM_16;
  const std::vector<int16_t> pcm = to_pcm16(clip.samples);
  write_through_temporary(path, [&](const Path& temporary) {
    SNDFILE* file = sf_open(temporary.c_str(), SFM_WRITE, &info);
    if (file == nullptr) {
      throw Error("cannot write sound", path.string(), reason_of(nullptr), kRemedy);
    }
    const sf_count_t written =
        sf_write_short(file, pcm.data(), static_cast<sf_count_t>(pcm.size()));
    const std::string reason = reason_of(file);
    const int closed = sf_close(file);
    if (written != static_cast<sf_count_t>(pcm.size()) || closed != SF_ERR_NO_ERROR) {
      throw Error("cannot write sound", path.string(), reason, kRemedy);
    }
  });
}

}  // namespace stapes::audio
