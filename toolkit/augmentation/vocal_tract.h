#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "device/frontend/front_end.h"

namespace stapes::augmentation {

// Another vocal tract, and other formants, for a word that was recorded: the spectrogram is read at
// other frequencies than it is written to (vocal tract length perturbation: Jaitly and Hinton, ICML
// 2013, Deep Learning for Audio), while its rows, the tempo, stay.
struct VocalTract {
  // About where the first four formants of adults lie; a factor for each: above 1, higher.
  static constexpr std::array<double, 4> kFormantsHz = {500.0, 1500.0, 2500.0, 4000.0};
  std::array<double, 4> factors = {1.0, 1.0, 1.0, 1.0};

  bool changes() const { return factors != std::array<double, 4>{1.0, 1.0, 1.0, 1.0}; }
};

// The frequency that a tract moves to `hertz`. Piecewise linear between 0, the moved formants and
// `highest`, which stay where they are; increasing for the factors that a
// specification allows, 0.76 … 1.27.
double unmoved_frequency(const VocalTract& tract, double hertz, double highest);

// Changes a raw spectrogram [rows, channels] of a front end with these settings in place. Between
// two channels it is interpolated along the mel scale; outside of them the outermost are repeated.
void change_vocal_tract(std::span<uint16_t> rows, const VocalTract& tract,
                        const FrontEndSettings& settings);

}  // namespace stapes::augmentation
