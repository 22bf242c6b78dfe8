#include "toolkit/quantization/affine.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stapes::quantization {
namespace {

constexpr double kLowest = -128.0;
constexpr double kHighest = 127.0;
// Below this extent a tensor holds nothing but zeros, and a scale made from it would overflow the
// multipliers of the operators around it.
constexpr double kNoExtent = 1e-8;

}  // namespace

ValueRange merge(ValueRange a, ValueRange b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

ValueRange range_of(std::span<const float> values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return {*low, *high};
}

Affine nudged_affine(ValueRange range) {
  const double low = std::min(0.0, static_cast<double>(range.low));
  const double high = std::max(0.0, static_cast<double>(range.high));
  if (high - low < kNoExtent) return {};
  const double scale = (high - low) / (kHighest - kLowest);
  // Both ends give a zero point; the one computed from smaller numbers has the smaller rounding
  // error.
  const double from_low = kLowest - low / scale;
  const double from_high = kHighest - high / scale;
  const bool low_is_better =
      std::abs(kLowest) + std::abs(low / scale) < std::abs(kHighest) + std::abs(high / scale);
  const double zero_point = std::clamp(low_is_better ? from_low : from_high, kLowest, kHighest);
  return {static_cast<float>(scale), static_cast<int32_t>(std::round(zero_point))};
}

float symmetric_scale(float magnitude) { return magnitude / 127.0F; }

float cell_state_scale(float magnitude) {
  if (!(magnitude > 0.0F)) return std::ldexp(1.0F, -15);
  int exponent = 0;
  const float fraction = std::frexp(magnitude, &exponent);  // magnitude = fraction * 2^exponent
  if (fraction == 0.5F) --exponent;                         // a power of two holds itself
  return std::ldexp(1.0F, exponent - 15);
}

int8_t quantize_to_int8(float value, Affine affine) {
  const double stored = std::round(static_cast<double>(value) / static_cast<double>(affine.scale)) +
                        static_cast<double>(affine.zero_point);
  return static_cast<int8_t>(std::clamp(stored, kLowest, kHighest));
}

int32_t quantize_to_int32(double value, double scale) {
  constexpr double kMinimum = std::numeric_limits<int32_t>::min();
  constexpr double kMaximum = std::numeric_limits<int32_t>::max();
  return static_cast<int32_t>(std::clamp(std::round(value / scale), kMinimum, kMaximum));
}

float bias_scale(float input_scale, float weight_scale) {
  return static_cast<float>(static_cast<double>(input_scale) * static_cast<double>(weight_scale));
}

}  // namespace stapes::quantization
