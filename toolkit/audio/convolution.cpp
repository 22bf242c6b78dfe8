#include "toolkit/audio/convolution.h"

#include <algorithm>

namespace stapes::audio {
namespace {

// Per thread, so that a clip does not pay for fresh memory.
struct Workspace {
  AlignedArray<float> time;
  Spectrum spectrum;
};

Workspace& workspace(size_t fft_length) {
  thread_local Workspace space;
  if (space.time.size() != fft_length) {
    space.time = AlignedArray<float>(fft_length);
    space.spectrum = Spectrum(fft_length / 2 + 1);
  }
  return space;
}

void fill(AlignedArray<float>& time, std::span<const float> samples) {
  std::copy(samples.begin(), samples.end(), time.data());
  std::fill(time.data() + samples.size(), time.data() + time.size(), 0.0F);
}

// a *= b * factor, written out because the library's product of complex numbers also looks for
// infinities.
void multiply(Spectrum& a, const Spectrum& b, float factor) {
  auto* const left = reinterpret_cast<float*>(a.data());
  const auto* const right = reinterpret_cast<const float*>(b.data());
  const size_t count = a.size() * 2;
  for (size_t i = 0; i < count; i += 2) {
    const float real = left[i] * right[i] - left[i + 1] * right[i + 1];
    const float imaginary = left[i] * right[i + 1] + left[i + 1] * right[i];
    left[i] = real * factor;
    left[i + 1] = imaginary * factor;
  }
}

}  // namespace

Spectrum spectrum_of(std::span<const float> taps, size_t fft_length) {
  Workspace& space = workspace(fft_length);
  fill(space.time, taps);
  Spectrum spectrum(fft_length / 2 + 1);
  RealFft::of_length(fft_length).forward(space.time, spectrum);
  return spectrum;
}

std::vector<float> convolve(std::span<const float> signal, const Spectrum& spectrum,
                            size_t fft_length, size_t length) {
  const RealFft& fft = RealFft::of_length(fft_length);
  Workspace& space = workspace(fft_length);
  fill(space.time, signal);
  fft.forward(space.time, space.spectrum);
  multiply(space.spectrum, spectrum, 1.0F / static_cast<float>(fft_length));
  fft.inverse(space.spectrum, space.time);
  return {space.time.data(), space.time.data() + length};
}

std::vector<float> convolve(std::span<const float> signal, std::span<const float> taps) {
  if (signal.empty() || taps.empty()) return {};
  const size_t length = signal.size() + taps.size() - 1;
  const size_t fft_length = fast_fft_length(length);
  return convolve(signal, spectrum_of(taps, fft_length), fft_length, length);
}

}  // namespace stapes::audio
