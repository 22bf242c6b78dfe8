#pragma once
#include <cstdint>
#include <span>

// How loud a signal is. Full scale is 1; decibels of an amplitude: 20 log10.
namespace stapes::audio {

// 0 for no samples. Sums in a fixed order, so that the result is the same everywhere.
double mean_square(std::span<const float> samples);
double mean_square(std::span<const int16_t> pcm);  // of s / 32768; exact until the last division

double rms(std::span<const float> samples);
double rms(std::span<const int16_t> pcm);

double to_decibels(double amplitude);  // -200 for anything below 1e-10, silence included
double from_decibels(double decibels);

}  // namespace stapes::audio
