#include "cli/sound_input.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "toolkit/audio/microphone.h"
#include "toolkit/audio/read.h"
#include "toolkit/audio/stream_resampler.h"
#include "toolkit/base/error.h"

namespace stapes::cli {
namespace {

constexpr size_t kPiece = 4096;  // samples

class FileInput : public SoundInput {
 public:
  FileInput(const Path& file, int wanted_rate_hz) : file_(file) {
    const audio::ReadResult result = audio::read_audio(file, {wanted_rate_hz});
    if (!result.conversion.empty()) {
      fmt::print(stderr, "note: {} was {}\n", file.string(), result.conversion);
    }
    samples_ = audio::to_pcm16(result.clip.samples);
  }

  bool read(std::vector<int16_t>& samples) override {
    const size_t count = std::min(kPiece, samples_.size() - done_);
    const auto first = samples_.begin() + static_cast<std::ptrdiff_t>(done_);
    samples.assign(first, first + static_cast<std::ptrdiff_t>(count));
    done_ += count;
    return count > 0;
  }
  std::string name() const override { return file_.string(); }

 private:
  Path file_;
  std::vector<int16_t> samples_;
  size_t done_ = 0;
};

class StandardInput : public SoundInput {
 public:
  StandardInput(int rate_hz, int wanted_rate_hz) : resampler_(rate_hz, wanted_rate_hz) {}

  bool read(std::vector<int16_t>& samples) override {
    if (ended_) return false;
    // Not read() alone: it would not return at Ctrl-C.
    pollfd ready{STDIN_FILENO, POLLIN, 0};
    samples.clear();
    if (::poll(&ready, 1, -1) < 0) {
      if (errno == EINTR) return true;
      throw Error("cannot read", "the standard input", std::strerror(errno));
    }
    std::array<uint8_t, 2 * kPiece> bytes{};
    const ssize_t count = ::read(STDIN_FILENO, bytes.data() + kept_, bytes.size() - kept_);
    if (count < 0) throw Error("cannot read", "the standard input", std::strerror(errno));
    if (count == 0) {
      ended_ = true;
      if (kept_ > 0) {
        throw Error("cannot read", "the standard input", "it ends within a 16-bit sample",
                    "give raw mono 16-bit samples");
      }
      samples = resampler_.finish();
      return !samples.empty();
    }
    bytes[0] = kept_ > 0 ? half_sample_ : bytes[0];
    const size_t available = kept_ + static_cast<size_t>(count);
    std::vector<int16_t> piece(available / 2);
    for (size_t i = 0; i < piece.size(); ++i) {
      piece[i] = static_cast<int16_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
    }
    kept_ = available % 2;
    half_sample_ = bytes[available - 1];
    samples = resampler_.push(piece);
    return true;
  }
  std::string name() const override { return "standard input"; }

 private:
  audio::StreamResampler resampler_;
  size_t kept_ = 0;  // 1: a sample was cut in two, and this is its first byte
  uint8_t half_sample_ = 0;
  bool ended_ = false;
};

class MicrophoneInput : public SoundInput {
 public:
  MicrophoneInput(int wanted_rate_hz, const std::string& device)
      : microphone_(wanted_rate_hz, device) {}
  ~MicrophoneInput() override {
    if (microphone_.overruns() > 0) {
      fmt::print(stderr, "note: sound was lost {} times, this computer is too slow for it\n",
                 microphone_.overruns());
    }
  }

  bool read(std::vector<int16_t>& samples) override {
    samples = microphone_.read();
    return true;
  }
  std::string name() const override { return microphone_.name(); }

 private:
  audio::Microphone microphone_;
};

}  // namespace

std::unique_ptr<SoundInput> open_file(const Path& file, int wanted_rate_hz) {
  return std::make_unique<FileInput>(file, wanted_rate_hz);
}

std::unique_ptr<SoundInput> open_standard_input(int rate_hz, int wanted_rate_hz) {
  return std::make_unique<StandardInput>(rate_hz, wanted_rate_hz);
}

std::unique_ptr<SoundInput> open_microphone(int wanted_rate_hz, const std::string& device) {
  return std::make_unique<MicrophoneInput>(wanted_rate_hz, device);
}

}  // namespace stapes::cli
