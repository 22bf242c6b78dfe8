#pragma once
#include <cstdint>
#include <span>

namespace stapes::quantization {

// The values that a tensor takes: low <= value <= high.
struct ValueRange {
  float low = 0.0F;
  float high = 0.0F;
};

ValueRange merge(ValueRange a, ValueRange b);
ValueRange range_of(std::span<const float> values);  // REQUIRES: not empty

// real = scale * (stored - zero_point).
struct Affine {
  float scale = 1.0F;
  int32_t zero_point = 0;

  bool operator==(const Affine&) const = default;
};

// int8 parameters for activations. The range is first extended to contain 0, then 255 steps are
// laid over it and the zero point is moved to the nearest whole number, so that 0 is stored
// exactly (Jacob et al., "Quantization and training of neural networks for efficient
// integer-arithmetic-only inference", section 3). A range without extent gives scale 1, zero
// point 0.
Affine nudged_affine(ValueRange range);

// Weights are symmetric and narrow (-127 … 127): scale = magnitude / 127, zero point 0.
// Magnitude 0 gives 0; the caller decides what a tensor or channel without weights gets.
float symmetric_scale(float magnitude);

// The LSTM's int16 cell state: the smallest power of two times 2^-15 that holds +-magnitude.
// Magnitude 0 gives 2^-15.
float cell_state_scale(float magnitude);

// Rounds half away from zero, as the QUANTIZE operator does, and saturates.
int8_t quantize_to_int8(float value, Affine affine);
int32_t quantize_to_int32(double value, double scale);

// float32(a * b). The product of two float32 values is exact in double, so that this is what a
// kernel gets that multiplies in float32 and what a file stores for one that multiplies in double.
float bias_scale(float input_scale, float weight_scale);

}  // namespace stapes::quantization
