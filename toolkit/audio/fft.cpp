#include "toolkit/audio/fft.h"

#include <fftw3.h>

#include <map>
#include <mutex>

namespace stapes::audio {

size_t fast_fft_length(size_t at_least) {
  for (size_t power = 16;; power *= 2) {
    if (power >= at_least) return power;
    if (power / 4 * 5 >= at_least) return power / 4 * 5;
    if (power / 2 * 3 >= at_least) return power / 2 * 3;
  }
}

const RealFft& RealFft::of_length(size_t length) {
  // Never destroyed: a thread may still transform while the program ends, and FFTW's plans, which
  // a destructor would have to give back, stay reachable.
  static std::mutex mutex;
  static auto& transforms = *new std::map<size_t, std::unique_ptr<RealFft>>();
  const std::lock_guard lock(mutex);
  std::unique_ptr<RealFft>& transform = transforms[length];
  if (!transform) transform.reset(new RealFft(length));
  return *transform;
}

RealFft::RealFft(size_t length) : length_(length) {
  AlignedArray<float> time(length);
  Spectrum spectrum(bins());
  auto* const complex_values = reinterpret_cast<fftwf_complex*>(spectrum.data());
  const int size = static_cast<int>(length);
  forward_ =
      fftwf_plan_dft_r2c_1d(size, time.data(), complex_values, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
  inverse_ = fftwf_plan_dft_c2r_1d(size, complex_values, time.data(), FFTW_ESTIMATE);
}

void RealFft::forward(const AlignedArray<float>& time, Spectrum& spectrum) const {
  fftwf_execute_dft_r2c(static_cast<fftwf_plan>(forward_), const_cast<float*>(time.data()),
                        reinterpret_cast<fftwf_complex*>(spectrum.data()));
}

void RealFft::inverse(Spectrum& spectrum, AlignedArray<float>& time) const {
  fftwf_execute_dft_c2r(static_cast<fftwf_plan>(inverse_),
                        reinterpret_cast<fftwf_complex*>(spectrum.data()), time.data());
}

}  // namespace stapes::audio
