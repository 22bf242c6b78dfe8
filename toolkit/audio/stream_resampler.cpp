#include "toolkit/audio/stream_resampler.h"

#include <fmt/format.h>
#include <soxr.h>

#include <algorithm>

#include "toolkit/audio/clip.h"
#include "toolkit/base/error.h"

namespace stapes::audio {

struct StreamResampler::Implementation {
  soxr_t resampler = nullptr;
  double ratio = 1.0;

  ~Implementation() { soxr_delete(resampler); }

  // A null `input` says that the sound has ended.
  std::vector<int16_t> process(const float* input, size_t count) {
    std::vector<float> output;
    std::vector<float> piece(static_cast<size_t>(static_cast<double>(count) * ratio) + 1024);
    size_t used = 0;
    for (;;) {
      size_t taken = 0, made = 0;
      const float* from = input == nullptr ? nullptr : input + used;
      const soxr_error_t error =
          soxr_process(resampler, from, count - used, &taken, piece.data(), piece.size(), &made);
      if (error != nullptr) throw Error("cannot resample", "", error);
      output.insert(output.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(made));
      used += taken;
      if (made < piece.size() && used == count) return to_pcm16(output);
    }
  }
};

StreamResampler::StreamResampler(int from_hz, int to_hz) {
  if (from_hz == to_hz) return;
  const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
  const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
  implementation_ = std::make_unique<Implementation>();
  implementation_->ratio = static_cast<double>(to_hz) / from_hz;
  soxr_error_t error = nullptr;
  implementation_->resampler = soxr_create(from_hz, to_hz, 1, &error, &io, &quality, &runtime);
  if (error != nullptr) {
    throw Error("cannot resample", fmt::format("{} Hz to {} Hz", from_hz, to_hz), error);
  }
}

StreamResampler::~StreamResampler() = default;
StreamResampler::StreamResampler(StreamResampler&&) noexcept = default;
StreamResampler& StreamResampler::operator=(StreamResampler&&) noexcept = default;

std::vector<int16_t> StreamResampler::push(std::span<const int16_t> samples) {
  if (!implementation_) return {samples.begin(), samples.end()};
  if (samples.empty()) return {};
  std::vector<float> input(samples.size());
  std::transform(samples.begin(), samples.end(), input.begin(),
                 [](int16_t sample) { return static_cast<float>(sample) / 32768.0F; });
  return implementation_->process(input.data(), input.size());
}

std::vector<int16_t> StreamResampler::finish() {
  return implementation_ ? implementation_->process(nullptr, 0) : std::vector<int16_t>();
}

}  // namespace stapes::audio
