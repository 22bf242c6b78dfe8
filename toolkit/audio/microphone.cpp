#include "toolkit/audio/microphone.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <portaudio.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>

#include "toolkit/audio/stream_resampler.h"
#include "toolkit/base/error.h"

namespace stapes::audio {
namespace {

constexpr const char* kRemedy = "connect a microphone, or use --wav or --stdin";

// ALSA and JACK, which PortAudio asks for devices, write pages of complaints to the standard error
// of a computer without sound hardware.
class Silence {
 public:
  Silence() {
    std::fflush(stderr);
    kept_ = ::dup(STDERR_FILENO);
    const int nothing = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nothing < 0) return;
    ::dup2(nothing, STDERR_FILENO);
    ::close(nothing);
  }
  ~Silence() {
    if (kept_ < 0) return;
    ::dup2(kept_, STDERR_FILENO);
    ::close(kept_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  int kept_ = -1;
};

class PortAudio {
 public:
  PortAudio() {
    const Silence silence;
    const PaError code = Pa_Initialize();
    if (code != paNoError) {
      throw Error("cannot use the microphone", "", Pa_GetErrorText(code), kRemedy);
    }
  }
  ~PortAudio() {
    const Silence silence;
    Pa_Terminate();
  }
  PortAudio(const PortAudio&) = delete;
  PortAudio& operator=(const PortAudio&) = delete;
};

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

PaDeviceIndex find_device(const std::string& wanted) {
  std::vector<std::string> names;
  for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount(); ++i) {
    const PaDeviceInfo* info = Pa_GetDeviceInfo(i);
    if (info == nullptr || info->maxInputChannels < 1) continue;
    if (!wanted.empty() && lower_case(info->name).find(lower_case(wanted)) != std::string::npos) {
      return i;
    }
    names.emplace_back(info->name);
  }
  if (names.empty()) {
    throw Error("cannot use the microphone", "", "this computer has none", kRemedy);
  }
  if (!wanted.empty()) {
    throw Error("cannot use the microphone", wanted, "there is no device of that name",
                fmt::format("there are: {}", fmt::join(names, ", ")));
  }
  const PaDeviceIndex device = Pa_GetDefaultInputDevice();
  if (device == paNoDevice) {
    throw Error("cannot use the microphone", "", "no default one is set",
                fmt::format("name one of: {}", fmt::join(names, ", ")));
  }
  return device;
}

}  // namespace

struct Microphone::Implementation {
  PortAudio library;
  std::string name;
  int rate_hz = 0;
  PaStream* stream = nullptr;
  StreamResampler resampler{1, 1};
  size_t overruns = 0;

  ~Implementation() {
    if (stream != nullptr) Pa_CloseStream(stream);
  }
};

Microphone::Microphone(int sample_rate_hz, const std::string& device)
    : implementation_(std::make_unique<Implementation>()) {
  const PaDeviceIndex index = find_device(device);
  const PaDeviceInfo* info = Pa_GetDeviceInfo(index);
  implementation_->name = info->name;
  PaStreamParameters parameters{};
  parameters.device = index;
  parameters.channelCount = 1;
  parameters.sampleFormat = paInt16;
  parameters.suggestedLatency = info->defaultHighInputLatency;

  const Silence silence;
  implementation_->rate_hz = sample_rate_hz;
  if (Pa_IsFormatSupported(&parameters, nullptr, sample_rate_hz) != paFormatIsSupported) {
    implementation_->rate_hz = static_cast<int>(std::lround(info->defaultSampleRate));
  }
  PaError code =
      Pa_OpenStream(&implementation_->stream, &parameters, nullptr, implementation_->rate_hz,
                    paFramesPerBufferUnspecified, paClipOff, nullptr, nullptr);
  if (code == paNoError) code = Pa_StartStream(implementation_->stream);
  if (code != paNoError) {
    throw Error("cannot use the microphone", info->name, Pa_GetErrorText(code), kRemedy);
  }
  implementation_->resampler = StreamResampler(implementation_->rate_hz, sample_rate_hz);
}

Microphone::~Microphone() = default;

std::vector<int16_t> Microphone::read() {
  std::vector<int16_t> samples(static_cast<size_t>(implementation_->rate_hz / 50));
  const PaError code = Pa_ReadStream(implementation_->stream, samples.data(), samples.size());
  if (code == paInputOverflowed) {
    ++implementation_->overruns;
  } else if (code != paNoError) {
    throw Error("cannot use the microphone", implementation_->name, Pa_GetErrorText(code),
                "connect it again");
  }
  return implementation_->resampler.push(samples);
}

const std::string& Microphone::name() const { return implementation_->name; }
int Microphone::device_rate_hz() const { return implementation_->rate_hz; }
size_t Microphone::overruns() const { return implementation_->overruns; }

}  // namespace stapes::audio
