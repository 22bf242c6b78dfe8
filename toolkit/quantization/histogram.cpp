#include "toolkit/quantization/histogram.h"

#include <algorithm>
#include <numeric>

namespace stapes::quantization {
namespace {

// Sums over the first n bins of count, count * value and count * value^2, from which the clipping
// error at any bin is had at once.
struct Moments {
  std::array<double, Histogram::kBins + 1> count{};
  std::array<double, Histogram::kBins + 1> first{};
  std::array<double, Histogram::kBins + 1> second{};
};

// Sum of count * (value - end)^2 over the bins from … to-1.
double squared_distance(const Moments& moments, size_t from, size_t to, double end) {
  const double count = moments.count[to] - moments.count[from];
  const double first = moments.first[to] - moments.first[from];
  const double second = moments.second[to] - moments.second[from];
  return second - 2.0 * end * first + end * end * count;
}

}  // namespace

double Histogram::centre(size_t bin) const {
  const double low = static_cast<double>(range_.low);
  const double width = (static_cast<double>(range_.high) - low) / static_cast<double>(kBins);
  return low + (static_cast<double>(bin) + 0.5) * width;
}

void Histogram::add(std::span<const float> values) {
  const float extent = range_.high - range_.low;
  const float bins_per_unit = extent > 0.0F ? static_cast<float>(kBins) / extent : 0.0F;
  for (const float value : values) {
    const float bin = (value - range_.low) * bins_per_unit;
    const auto index = static_cast<size_t>(std::clamp(bin, 0.0F, static_cast<float>(kBins - 1)));
    ++counts_[index];
  }
}

void Histogram::add(const Histogram& other) {
  for (size_t i = 0; i < kBins; ++i) counts_[i] += other.counts_[i];
}

ValueRange Histogram::percentile(double percentile) const {
  const auto total =
      static_cast<double>(std::accumulate(counts_.begin(), counts_.end(), int64_t{0}));
  const double outside = total * (100.0 - percentile) / 100.0;
  size_t first = 0;
  for (double left_out = 0.0; first + 1 < kBins; ++first) {
    left_out += static_cast<double>(counts_[first]);
    if (left_out > outside) break;
  }
  size_t last = kBins - 1;
  for (double left_out = 0.0; last > first; --last) {
    left_out += static_cast<double>(counts_[last]);
    if (left_out > outside) break;
  }
  const double half_bin = (centre(1) - centre(0)) / 2.0;
  return {first == 0 ? range_.low : static_cast<float>(centre(first) - half_bin),
          last == kBins - 1 ? range_.high : static_cast<float>(centre(last) + half_bin)};
}

ValueRange Histogram::least_squared_error() const {
  Moments moments;
  for (size_t i = 0; i < kBins; ++i) {
    const auto count = static_cast<double>(counts_[i]);
    moments.count[i + 1] = moments.count[i] + count;
    moments.first[i + 1] = moments.first[i] + count * centre(i);
    moments.second[i + 1] = moments.second[i] + count * centre(i) * centre(i);
  }
  const double width = centre(1) - centre(0);
  // Bins first … last-1 stay inside.
  const auto error = [&](size_t first, size_t last) {
    const double low = std::min(0.0, centre(first) - width / 2.0);
    const double high = std::max(0.0, centre(last - 1) + width / 2.0);
    const double scale = (high - low) / 255.0;
    const double inside = moments.count[last] - moments.count[first];
    return inside * scale * scale / 12.0 + squared_distance(moments, 0, first, low) +
           squared_distance(moments, last, kBins, high);
  };
  // One end at a time until neither moves; the range must keep 0, where activations crowd.
  size_t first = 0;
  size_t last = kBins;
  const auto zero_bin = static_cast<size_t>(
      std::clamp((0.0 - static_cast<double>(range_.low)) / width, 0.0, kBins - 1.0));
  for (int round = 0; round < 8; ++round) {
    const size_t first_before = first;
    const size_t last_before = last;
    for (size_t i = 0; i <= zero_bin && i < last; ++i) {
      if (error(i, last) < error(first, last)) first = i;
    }
    for (size_t i = kBins; i > zero_bin && i > first; --i) {
      if (error(first, i) < error(first, last)) last = i;
    }
    if (first == first_before && last == last_before) break;
  }
  return {first == 0 ? range_.low : static_cast<float>(centre(first) - width / 2.0),
          last == kBins ? range_.high : static_cast<float>(centre(last - 1) + width / 2.0)};
}

}  // namespace stapes::quantization
