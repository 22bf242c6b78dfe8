#include "toolkit/audio/sound_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <sstream>

#include "toolkit/base/error.h"

namespace stapes::audio {
namespace {

constexpr char kCannotRead[] = "cannot read sound";
constexpr char kUseAnother[] = "replace or remove the file";

// A file that libsndfile refuses: the reason, as precisely as it can be said.
[[noreturn]] void refuse(const Path& path) {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status)) {
    throw Error(kCannotRead, path.string(), "there is no such file", "check the name");
  }
  if (std::filesystem::is_directory(status)) {
    throw Error(kCannotRead, path.string(), "it is a folder", "name a file");
  }
  if (std::filesystem::file_size(path, code) == 0 && !code) {
    throw Error(kCannotRead, path.string(), "the file is empty (0 bytes)", kUseAnother);
  }
  const int system_error = errno;
  if (system_error == EACCES) {
    throw Error(kCannotRead, path.string(), std::strerror(system_error), "check its permissions");
  }
  std::string reason = sf_strerror(nullptr);
  while (!reason.empty() && (reason.back() == '.' || reason.back() == '\n')) reason.pop_back();
  throw Error(kCannotRead, path.string(),
              fmt::format("it is not audio, or its header is broken ({})", reason),
              "use WAV, FLAC or OGG");
}

bool stores_integers(int format) {
  switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8:
    case SF_FORMAT_PCM_16:
    case SF_FORMAT_PCM_24:
    case SF_FORMAT_PCM_32:
      return true;
    default:
      return false;
  }
}

}  // namespace

SoundFile::SoundFile(const Path& path) : path_(path) {
  errno = 0;
  file_ = sf_open(path.c_str(), SFM_READ, &info_);
  if (file_ == nullptr) refuse(path);
  try {
    check_declared_length();
    if (info_.frames <= 0) {
      throw Error(kCannotRead, path.string(), "it has no samples", kUseAnother);
    }
    if (info_.samplerate <= 0 || info_.channels <= 0) {
      throw Error(kCannotRead, path.string(), "its header names no sample rate", kUseAnother);
    }
  } catch (...) {
    sf_close(file_);
    throw;
  }
}

SoundFile::~SoundFile() { sf_close(file_); }

// A WAV file that was cut off still opens: libsndfile takes the length from the file's size and
// only notes in its log that the header named a greater one.
void SoundFile::check_declared_length() const {
  if ((info_.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC) return;
  std::array<char, 8192> log{};
  sf_command(file_, SFC_GET_LOG_INFO, log.data(), static_cast<int>(log.size()));
  std::istringstream lines(log.data());
  constexpr int64_t kUnknownLength = 0x7FFFF000;  // written by programs that write to a pipe
  for (std::string line; std::getline(lines, line);) {
    long long declared = 0;
    long long present = 0;
    if (std::sscanf(line.c_str(), "data : %lld (should be %lld)", &declared, &present) == 2 &&
        declared > present && declared < kUnknownLength) {
      throw Error(kCannotRead, path_.string(),
                  fmt::format("it is truncated: {} of {} bytes of sound", present, declared),
                  kUseAnother);
    }
  }
}

std::string SoundFile::unusual_encoding() const {
  switch (info_.format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8:
      return "8-bit";
    case SF_FORMAT_PCM_24:
      return "24-bit";
    case SF_FORMAT_PCM_32:
      return "32-bit";
    case SF_FORMAT_FLOAT:
      return "32-bit float";
    case SF_FORMAT_DOUBLE:
      return "64-bit float";
    case SF_FORMAT_ULAW:
      return "mu-law";
    case SF_FORMAT_ALAW:
      return "A-law";
    default:
      return "";
  }
}

std::vector<float> SoundFile::read_mono(int64_t start, int64_t count) {
  start = std::clamp<int64_t>(start, 0, info_.frames);
  count = std::clamp<int64_t>(count, 0, info_.frames - start);
  if (start > 0 && sf_seek(file_, start, SEEK_SET) != start) {
    throw Error(kCannotRead, path_.string(), "it does not let itself be wound forward",
                "convert it to WAV or FLAC");
  }
  const auto channels = static_cast<size_t>(info_.channels);
  std::vector<float> interleaved(static_cast<size_t>(count) * channels);
  int64_t done = 0;
  while (done < count) {
    const sf_count_t got = sf_readf_float(
        file_, interleaved.data() + static_cast<size_t>(done) * channels, count - done);
    if (got <= 0) break;
    done += got;
  }
  // The length of an MPEG stream is an estimate.
  const bool estimated = (info_.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG;
  if (sf_error(file_) != SF_ERR_NO_ERROR || (done < count && !(estimated && done > 0))) {
    throw Error(
        kCannotRead, path_.string(),
        fmt::format("it is truncated or damaged: {} of {} samples", start + done, info_.frames),
        kUseAnother);
  }
  const auto length = static_cast<size_t>(done);
  interleaved.resize(length * channels);
  if (!stores_integers(info_.format)) {
    const auto bad = std::find_if(interleaved.begin(), interleaved.end(),
                                  [](float sample) { return !std::isfinite(sample); });
    if (bad != interleaved.end()) {
      const auto position = static_cast<size_t>(bad - interleaved.begin()) / channels;
      throw Error(kCannotRead, path_.string(),
                  fmt::format("sample {} is not a number", static_cast<size_t>(start) + position),
                  kUseAnother);
    }
  }
  if (channels == 1) return interleaved;
  std::vector<float> mono(length);
  for (size_t i = 0; i < length; ++i) {
    float sum = 0;
    for (size_t c = 0; c < channels; ++c) sum += interleaved[i * channels + c];
    mono[i] = sum / static_cast<float>(channels);
  }
  return mono;
}

}  // namespace stapes::audio
