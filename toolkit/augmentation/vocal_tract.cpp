#include "toolkit/augmentation/vocal_tract.h"

#include <algorithm>
#include <cmath>

namespace stapes::augmentation {
namespace {

// The scale of the front end's filterbank.
double mel(double hertz) { return 1127.0 * std::log1p(hertz / 700.0); }
double hertz_of(double mel) { return 700.0 * std::expm1(mel / 1127.0); }

// Where a channel of the changed spectrogram is read: between `channel` and the next one.
struct Place {
  size_t channel = 0;
  float share_of_next = 0.0F;
};

std::vector<Place> places(const VocalTract& tract, const FrontEndSettings& settings) {
  const auto channels = static_cast<size_t>(settings.filterbank_n_channels);
  const double low = mel(static_cast<double>(settings.filterbank_lower_band_limit));
  const auto highest = static_cast<double>(settings.filterbank_upper_band_limit);
  // Filter c peaks c + 1 steps above the lower limit.
  const double step = (mel(highest) - low) / static_cast<double>(channels + 1);
  std::vector<Place> result(channels);
  for (size_t c = 0; c < channels; ++c) {
    const double hertz = hertz_of(low + step * static_cast<double>(c + 1));
    const double source = mel(unmoved_frequency(tract, hertz, highest));
    const double position =
        std::clamp((source - low) / step - 1.0, 0.0, static_cast<double>(channels - 1));
    result[c].channel = static_cast<size_t>(position);
    result[c].share_of_next = static_cast<float>(position - std::floor(position));
  }
  return result;
}

}  // namespace

double unmoved_frequency(const VocalTract& tract, double hertz, double highest) {
  double from = 0.0;
  double to = 0.0;
  for (size_t i = 0; i < tract.factors.size(); ++i) {
    const double formant = VocalTract::kFormantsHz[i];
    const double moved = formant * tract.factors[i];
    if (formant >= highest || moved >= highest) break;
    if (hertz < moved) return from + (hertz - to) * (formant - from) / (moved - to);
    from = formant;
    to = moved;
  }
  if (hertz >= highest) return hertz;
  return from + (hertz - to) * (highest - from) / (highest - to);
}

void change_vocal_tract(std::span<uint16_t> rows, const VocalTract& tract,
                        const FrontEndSettings& settings) {
  const std::vector<Place> from = places(tract, settings);
  const size_t channels = from.size();
  std::vector<float> before(channels + 1);
  for (size_t row = 0; row + channels <= rows.size(); row += channels) {
    const auto values = rows.subspan(row, channels);
    std::copy(values.begin(), values.end(), before.begin());
    before[channels] = before[channels - 1];
    for (size_t c = 0; c < channels; ++c) {
      const float* const pair = before.data() + from[c].channel;
      values[c] =
          static_cast<uint16_t>(std::lround(pair[0] + (pair[1] - pair[0]) * from[c].share_of_next));
    }
  }
}

}  // namespace stapes::augmentation
