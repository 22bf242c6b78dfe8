#include "device/kernels/reference/softmax_int16.h"

namespace stapes::reference {
namespace {

constexpr int32_t kPieces = 512;

constexpr float rounded(float value) {
  return static_cast<float>(static_cast<int32_t>(value < 0 ? value - 0.5F : value + 0.5F));
}

// exp(x) of x <= 0: the series of exp(x / 1024), squared ten times.
constexpr float exponential(float x) {
  const double small = static_cast<double>(x) / 1024;
  double term = 1;
  double sum = 1;
  for (int n = 1; n < 14; ++n) {
    term *= small / n;
    sum += term;
  }
  for (int n = 0; n < 10; ++n) sum *= sum;
  return static_cast<float>(sum);
}

constexpr float one_over_one_plus(float x) { return 1.0F / (1.0F + x); }

// A function with values up to 1 in Q0.15 at the ends of equal pieces of an interval, which
// INT16_MIN to INT16_MAX stand for, `offset` higher, in steps of `scale`. Each value is moved by
// half of the error that interpolation makes in the middle of its piece. In float32, as TensorFlow
// Lite Micro fills its tables.
struct Table {
  int16_t values[kPieces + 1] = {};

  constexpr Table(float (*function)(float), float scale, int32_t offset) {
    const float from = scale * static_cast<float>(INT16_MIN - offset);
    const float to = scale * static_cast<float>(INT16_MAX - offset);
    const float step = (to - from) / kPieces;
    constexpr float kOutputScale = 2.0F / 65535;
    constexpr float kOne = 65536.0F / (kOutputScale * INT16_MAX - kOutputScale * INT16_MIN);
    for (int32_t i = 0; i < kPieces; ++i) {
      const float start = from + static_cast<float>(i) * step;
      const float here = rounded(function(start) * kOne);
      const float middle = rounded(function(start + step / 2) * kOne);
      const float next = function(from + static_cast<float>(i + 1) * step) * kOne;
      const float error = rounded((next + here) / 2) - middle;
      values[i] = saturated(here - rounded(error / 2));
    }
    values[kPieces] = saturated(rounded(function(to) * kOne));
  }
  static constexpr int16_t saturated(float value) {
    return static_cast<int16_t>(value > 32767 ? 32767 : value);
  }

  // The function at the place that INT16_MIN … INT16_MAX say, from one end to the other.
  int16_t at(int32_t place) const {
    const int32_t piece = kPieces / 2 + (place >> 7);
    const int32_t slope = values[piece + 1] - values[piece];
    return static_cast<int16_t>(values[piece] + ((slope * (place & 127) + 64) >> 7));
  }
};

constexpr Table kExponential(exponential, 10.0F / 65535, INT16_MAX);      // -10 to 0
constexpr Table kReciprocal(one_over_one_plus, 1.0F / 65535, INT16_MIN);  // 0 to 1

}  // namespace

void softmax(const SoftmaxInt16Parameters& parameters, const int16_t* input, int16_t* output) {
  for (int32_t row = 0; row < parameters.rows; ++row) {
    int32_t maximum = INT16_MIN;
    for (int32_t i = 0; i < parameters.depth; ++i) {
      if (input[i] > maximum) maximum = input[i];
    }
    int64_t total = 0;  // Q16.15
    for (int32_t i = 0; i < parameters.depth; ++i) {
      const int32_t difference = multiply(input[i] - maximum, parameters.multiplier);
      output[i] = kExponential.at(clamp_int16(wrapping_add(difference, INT16_MAX)));
      total += output[i];
    }
    // More than 65,536 classes of equal score would not fit.
    const auto sum = static_cast<int32_t>(total > INT32_MAX ? INT32_MAX : total);
    // sum = 2^(31 - headroom) * (1 + x): x in [0, 1) is the place in the table.
    const int32_t headroom = count_leading_zeros(sum > 1 ? static_cast<uint32_t>(sum) : 2U);
    const auto normalized =
        static_cast<int32_t>(((int64_t{sum} << (headroom - 1)) + (1 << 13)) >> 14);
    const int32_t reciprocal = kReciprocal.at(clamp_int16(normalized - (1 << 16) - (1 << 15)));
    const int32_t shift = clamp(31 - headroom, 1, 30);  // never clamped: 2 <= sum < 2^31
    for (int32_t i = 0; i < parameters.depth; ++i) {
      const int64_t product = int64_t{output[i]} * reciprocal + (int64_t{1} << (shift - 1));
      output[i] = static_cast<int16_t>(clamp(static_cast<int32_t>(product >> shift), 0, INT16_MAX));
    }
    input += parameters.depth;
    output += parameters.depth;
  }
}

}  // namespace stapes::reference
