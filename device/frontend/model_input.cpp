#include "device/frontend/model_input.h"

#include "device/frontend/bits.h"
#include "device/frontend/square_root.h"

namespace stapes {
namespace {

int8_t clamped(int32_t value) {
  return static_cast<int8_t>(value < -128 ? -128 : (value > 127 ? 127 : value));
}

// sqrt(n * centred - rest^2), which is n times the standard deviation, where rest < n < 2^31 and
// centred < n * 2^32. In integers up to the root, whose 32 bits are more than a float keeps: a
// board needs no arithmetic of double precision for it, which would be 3 kB of its C library.
float root_of_difference(uint64_t centred, uint32_t n, uint32_t rest) {
  const uint64_t low = n * (centred & 0xFFFFFFFFU);
  const uint64_t high = n * (centred >> 32) + (low >> 32);  // n * centred in steps of 2^32
  const uint64_t square = uint64_t{rest} * rest;
  const bool is_large = (high >> 32) != 0;  // then the steps are fine enough
  uint64_t difference =
      is_large ? high - (square >> 32) : (high << 32) + (low & 0xFFFFFFFFU) - square;
  if (difference == 0) return 0;
  const int32_t half = (64 - bit_length(difference)) / 2;
  difference <<= 2 * half;
  const float root = static_cast<float>(square_root(difference)) / static_cast<float>(1U << half);
  return is_large ? root * 65536.0F : root;
}

}  // namespace

void scale_features(const uint16_t* rows, int32_t count, FeatureScale scale, float* output) {
  for (int32_t i = 0; i < count; ++i) {
    output[i] = (static_cast<float>(rows[i]) - scale.centre) * scale.factor;
  }
}

FeatureScale mean_and_std(const uint16_t* rows, int32_t count) {
  uint64_t sum = 0;
  uint64_t squares = 0;
  for (int32_t i = 0; i < count; ++i) {
    const uint32_t value = rows[i];
    sum += value;
    squares += value * value;
  }
  const auto n = static_cast<uint32_t>(count);
  // Taking the whole part of the mean out first keeps the difference of large numbers exact:
  // sum((x - w)^2) = sum(x^2) - 2 w sum(x) + n w^2.
  const uint64_t whole = sum / n;
  const auto rest = static_cast<uint32_t>(sum - n * whole);
  const uint64_t centred = squares + n * whole * whole - 2 * whole * sum;
  const float deviation = root_of_difference(centred, n, rest) / static_cast<float>(n);
  const float factor = 1.0F / (deviation + 1e-6F);
  const float centre = static_cast<float>(static_cast<uint32_t>(whole)) +
                       static_cast<float>(rest) / static_cast<float>(n);
  return {centre, factor};
}

void normalize_mean_and_std(const uint16_t* rows, int32_t count, float* output) {
  scale_features(rows, count, mean_and_std(rows, count), output);
}

void rescale(const uint16_t* rows, int32_t count, float factor, float* output) {
  scale_features(rows, count, {0.0F, factor}, output);
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
