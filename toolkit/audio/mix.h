#pragma once
#include <cstdint>
#include <span>

namespace stapes::audio {

void scale(std::span<float> samples, double factor);

// onto[i] += factor * pcm[i] / 32768. REQUIRES: as many samples in both.
void add_scaled(std::span<float> onto, std::span<const int16_t> pcm, double factor);

// The factor that brings noise of RMS `noise` to `snr_db` below a signal of RMS `signal`; 0 where
// the noise is silent, so that nothing is divided by zero.
double factor_for_snr(double signal, double noise, double snr_db);

// The factor that brings sound of RMS `level` to `level_db` (decibels full scale); 0 where it is
// silent.
double factor_for_level(double level, double level_db);

}  // namespace stapes::audio
