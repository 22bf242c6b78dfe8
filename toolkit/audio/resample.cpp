#include <soxr.h>

#include <cmath>

#include "toolkit/audio/read.h"
#include "toolkit/base/error.h"

namespace stapes::audio {

Clip resample(const Clip& clip, int sample_rate_hz) {
  if (clip.sample_rate_hz == sample_rate_hz || clip.samples.empty()) {
    return {clip.samples, sample_rate_hz};
  }
  const double ratio = static_cast<double>(sample_rate_hz) / clip.sample_rate_hz;
  const auto wanted =
      static_cast<size_t>(std::llround(static_cast<double>(clip.samples.size()) * ratio));
  // soxr may give a sample more or less than the rounded ratio; the length is fixed afterwards.
  Clip result{std::vector<float>(wanted + 8), sample_rate_hz};
  const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
  const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
  size_t made = 0;
  const soxr_error_t error = soxr_oneshot(
      clip.sample_rate_hz, sample_rate_hz, 1, clip.samples.data(), clip.samples.size(), nullptr,
      result.samples.data(), result.samples.size(), &made, &io, &quality, &runtime);
  if (error != nullptr) throw Error("cannot resample", "", soxr_strerror(error));
  result.samples.resize(made);
  result.samples.resize(wanted, 0.0F);
  return result;
}

}  // namespace stapes::audio
