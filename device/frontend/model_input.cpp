#include "device/frontend/model_input.h"

#include <cmath>

namespace stapes {
namespace {

int8_t clamped(int32_t value) {
  return static_cast<int8_t>(value < -128 ? -128 : (value > 127 ? 127 : value));
}

}  // namespace

void normalize_mean_and_std(const uint16_t* rows, int32_t count, float* output) {
  uint64_t sum = 0;
  uint64_t squares = 0;
  for (int32_t i = 0; i < count; ++i) {
    const uint32_t value = rows[i];
    sum += value;
    squares += value * value;
  }
  const double mean = static_cast<double>(sum) / count;
  // Taking the whole part of the mean out first keeps the difference of large numbers exact:
  // sum((x - w)^2) = sum(x^2) - 2 w sum(x) + n w^2.
  const auto whole = static_cast<uint64_t>(mean);
  const uint64_t centred = squares + static_cast<uint64_t>(count) * whole * whole - 2 * whole * sum;
  const double rest = mean - static_cast<double>(whole);
  const double variance = static_cast<double>(centred) / count - rest * rest;
  const double deviation = std::sqrt(variance > 0 ? variance : 0.0);
  const auto centre = static_cast<float>(mean);
  const auto factor = static_cast<float>(1.0 / (deviation + 1e-6));
  for (int32_t i = 0; i < count; ++i) {
    output[i] = (static_cast<float>(rows[i]) - centre) * factor;
  }
}

void rescale(const uint16_t* rows, int32_t count, float factor, float* output) {
  for (int32_t i = 0; i < count; ++i) output[i] = static_cast<float>(rows[i]) * factor;
}

void quantize_static(const uint16_t* rows, int32_t count, int8_t* output) {
  constexpr int32_t kRange = 666;
  for (int32_t i = 0; i < count; ++i) {
    output[i] = clamped((rows[i] * 256 + kRange / 2) / kRange - 128);
  }
}

void quantize_dynamic(const uint16_t* rows, int32_t count, float range_db, int32_t log_scale_shift,
                      int8_t* output) {
  constexpr float kNaturalLogPerDecibel = 0.11512925465F;  // ln(10) / 20
  const auto range = static_cast<int32_t>(range_db * static_cast<float>(1 << log_scale_shift) *
                                          kNaturalLogPerDecibel);
  int32_t greatest = 0;
  for (int32_t i = 0; i < count; ++i) greatest = rows[i] > greatest ? rows[i] : greatest;
  const int32_t least = greatest > range ? greatest - range : 0;
  const int32_t width = greatest > least ? greatest - least : 1;
  for (int32_t i = 0; i < count; ++i) {
    output[i] = clamped((rows[i] - least) * 255 / width - 128);
  }
}

void quantize_spectrogram(const FrontEndSettings& settings, const uint16_t* rows, int32_t count,
                          int8_t* output) {
  if (settings.quantize_dynamic_scale_enable) {
    quantize_dynamic(rows, count, settings.quantize_dynamic_scale_range_db,
                     settings.log_scale_shift, output);
  } else {
    quantize_static(rows, count, output);
  }
}

}  // namespace stapes
