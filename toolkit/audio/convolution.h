#pragma once
#include <span>
#include <vector>

#include "toolkit/audio/fft.h"

namespace stapes::audio {

// The spectrum of `taps` padded with zeros to `fft_length` (one that fast_fft_length gives).
// Whoever convolves with the same taps again keeps it.
Spectrum spectrum_of(std::span<const float> taps, size_t fft_length);

// Linear convolution of `signal` with an impulse response of `taps` samples given by its spectrum.
// Gives the first `length` samples of the signal.size() + taps - 1 that there are; the transform
// must have room for all of them. Thread-safe.
// REQUIRES: fft_length >= signal.size() + taps - 1, length <= fft_length
std::vector<float> convolve(std::span<const float> signal, const Spectrum& spectrum,
                            size_t fft_length, size_t length);

// All of them, for a single use.
std::vector<float> convolve(std::span<const float> signal, std::span<const float> taps);

}  // namespace stapes::audio
