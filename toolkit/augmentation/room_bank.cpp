#include "toolkit/augmentation/room_bank.h"

#include <algorithm>
#include <cmath>

#include "toolkit/audio/convolution.h"
#include "toolkit/audio/level.h"
#include "toolkit/audio/mix.h"
#include "toolkit/audio/read.h"
#include "toolkit/base/error.h"

namespace stapes::augmentation {

std::vector<float> prepare_impulse_response(std::vector<float> samples, int sample_rate_hz,
                                            const Path& where) {
  constexpr double kDecay = 1e-6;  // 60 dB of energy
  const auto quieter = [](float a, float b) { return std::abs(a) < std::abs(b); };
  const auto peak = std::max_element(samples.begin(), samples.end(), quieter);
  if (peak == samples.end() || *peak == 0.0F) {
    throw Error("cannot use the room", where.string(), "its impulse response is silent",
                "remove the file");
  }
  const auto margin = std::min<std::ptrdiff_t>(peak - samples.begin(), sample_rate_hz / 1000);
  samples.erase(samples.begin(), peak - margin);

  const double energy = audio::mean_square(samples) * static_cast<double>(samples.size());
  double remaining = 0.0;  // Schroeder's backward integral
  size_t end = samples.size();
  while (end > 1) {
    remaining += static_cast<double>(samples[end - 1]) * static_cast<double>(samples[end - 1]);
    if (remaining > kDecay * energy) break;
    --end;
  }
  samples.resize(end);
  audio::scale(samples, 1.0 / std::sqrt(energy));
  return samples;
}

RoomBank::RoomBank(std::vector<Path> files, int sample_rate_hz, size_t limit_bytes)
    : files_(std::move(files)),
      sample_rate_hz_(sample_rate_hz),
      taps_(limit_bytes / 4),
      spectra_(limit_bytes - limit_bytes / 4) {}

std::vector<float> RoomBank::convolve(uint64_t room, std::span<const float> clip) const {
  if (clip.empty()) return {};
  const size_t index = room % files_.size();
  const auto taps = taps_.get(
      index,
      [&] {
        auto read = audio::read_audio(files_[index], {sample_rate_hz_});
        return prepare_impulse_response(std::move(read.clip.samples), sample_rate_hz_,
                                        files_[index]);
      },
      [](const std::vector<float>& values) { return values.size() * sizeof(float); });
  const size_t length = clip.size() + taps->size() - 1;
  const size_t fft_length = audio::fast_fft_length(length);
  const auto spectrum = spectra_.get(
      {index, fft_length}, [&] { return audio::spectrum_of(*taps, fft_length); },
      [](const audio::Spectrum& values) { return values.size() * sizeof(values[0]); });
  return audio::convolve(clip, *spectrum, fft_length, length);
}

}  // namespace stapes::augmentation
