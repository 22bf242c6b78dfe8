#pragma once
#include <cstdint>

#include "device/frontend/settings.h"

namespace stapes {

// What a model gets to see of a spectrogram. `rows`: [count] values of all frames of one inference.

// Features are (value - centre) * factor, in single precision, so that they can be made in pieces.
struct FeatureScale {
  float centre = 0.0F;
  float factor = 1.0F;
};
void scale_features(const uint16_t* rows, int32_t count, FeatureScale scale, float* output);

// The one that gives (value - mean) / (standard deviation + 1e-6), mean and population standard
// deviation over all values. The sums are exact integers, so the result does not depend on their
// order; what follows them is single precision, and the features are within 1e-6 of the exact
// result relative to the largest one.
FeatureScale mean_and_std(const uint16_t* rows, int32_t count);

// Both in a row.
void normalize_mean_and_std(const uint16_t* rows, int32_t count, float* output);

// value * factor
void rescale(const uint16_t* rows, int32_t count, float factor, float* output);

// Fixed range: 0 … 666 becomes -128 … 127, rounded to nearest, saturated.
void quantize_static(const uint16_t* rows, int32_t count, int8_t* output);

// Range of `range_db` decibels below the loudest value of the spectrogram (log_scale_shift says
// what a decibel is in it): becomes -128 … 127, rounded towards zero before the offset.
void quantize_dynamic(const uint16_t* rows, int32_t count, float range_db, int32_t log_scale_shift,
                      int8_t* output);

// The one of the two that the settings ask for.
void quantize_spectrogram(const FrontEndSettings& settings, const uint16_t* rows, int32_t count,
                          int8_t* output);

}  // namespace stapes
