#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "toolkit/quantization/affine.h"

namespace stapes::quantization {

// How often a tensor took which values: equal bins over a range that is known before. Counts are
// integers, so that adding histograms in any order gives the same one.
class Histogram {
 public:
  static constexpr size_t kBins = 2048;

  Histogram() = default;
  explicit Histogram(ValueRange range) : range_(range) {}

  void add(std::span<const float> values);
  void add(const Histogram& other);  // REQUIRES: the same range

  // The narrowest range that leaves out at most (100 - percentile) percent of the values at
  // either end.
  ValueRange percentile(double percentile) const;

  // The range whose 255 steps have the least mean squared error: rounding (scale^2 / 12 for every
  // value inside) plus clipping (the squared distance to the end for every value outside).
  ValueRange least_squared_error() const;

 private:
  double centre(size_t bin) const;

  ValueRange range_;
  std::array<int64_t, kBins> counts_{};
};

}  // namespace stapes::quantization
