#include "device/kernels/reference/lookup_functions.h"

namespace stapes::reference {
namespace {

constexpr int32_t kEntries = kSigmoidEntries;
constexpr double kStep = 1.0 / 24;

// exp(x) for 0 <= x <= 11, at compile time: the series of exp(x / 1024), squared ten times.
constexpr double exponential(double x) {
  const double small = x / 1024;
  double term = 1;
  double sum = 1;
  for (int n = 1; n < 12; ++n) {
    term *= small / n;
    sum += term;
  }
  for (int n = 0; n < 10; ++n) sum *= sum;
  return sum;
}

struct SigmoidTable {
  uint16_t values[kEntries + 1] = {};

  // Entries lie off the curve by half of the largest error that interpolating between points of the
  // curve would make, so that the error is up to h^2 f'' / 16 on both sides, not twice that on one.
  constexpr SigmoidTable() {
    for (int32_t k = 0; k < kEntries; ++k) {
      const double s = 1 / (1 + 1 / exponential(k * kStep));
      const double entry = 65536 * (s - s * (1 - s) * (1 - 2 * s) * kStep * kStep / 16);
      // An entry is positive, and lround isn't constexpr.
      const auto rounded =
          static_cast<uint16_t>(entry + 0.5);  // NOLINT(bugprone-incorrect-roundings)
      values[k] = k == kEntries - 1 ? 65535 : rounded;
    }
    values[kEntries] = values[kEntries - 1];
  }
};

constexpr SigmoidTable kSigmoid;

// sigmoid(magnitude / (24 * 2^fraction_bits)) in Q0.(16 + fraction_bits). REQUIRES: inside the
// table.
uint32_t interpolate(uint32_t magnitude, int32_t fraction_bits) {
  const uint32_t index = magnitude >> fraction_bits;
  const uint32_t fraction = magnitude & ((1U << fraction_bits) - 1);
  const uint32_t low = kSigmoid.values[index];
  const uint32_t high = kSigmoid.values[index + 1];
  return (low << fraction_bits) + fraction * (high - low);
}

bool is_inside(uint32_t magnitude, int32_t fraction_bits) {
  return magnitude >> fraction_bits < kEntries - 1;
}

}  // namespace

const uint16_t* sigmoid_table() { return kSigmoid.values; }

int16_t sigmoid_of_steps(int32_t v) {  // 2^12 * 3 = 24 entries of 2^9
  const auto magnitude = static_cast<uint32_t>(v < 0 ? -v : v);
  const uint32_t curve = is_inside(magnitude, 9) ? interpolate(magnitude, 9) : 0x7FFFU << 10;
  const uint32_t rounded = v >= 0 ? curve + (1U << 9) : (1U << 25) - curve + (1U << 9) - 1;
  return static_cast<int16_t>(rounded >> 10);
}

int16_t sigmoid_of_q3(int16_t x) { return sigmoid_of_steps(x * 3); }

int16_t tanh_of_steps(int32_t v) {
  // tanh(x) = 2 sigmoid(2x) - 1: 2x in 24 entries of 2^8 per unit is 3x * 2^12.
  const auto magnitude = static_cast<uint32_t>(v < 0 ? -v : v);
  const uint32_t sigmoid = is_inside(magnitude, 8) ? interpolate(magnitude, 8) : 0xFFFFU << 8;
  const auto curve = static_cast<int32_t>(sigmoid);
  const int32_t rounded = v >= 0 ? curve - (1 << 23) + (1 << 7) : -curve + (1 << 23) + (1 << 7) - 1;
  return static_cast<int16_t>(rounded >> 8);
}

int16_t tanh_of_scaled(int16_t x, int32_t scale_power) {
  const int32_t shift = 12 + scale_power;
  return tanh_of_steps(shift >= 0 ? x * (3 << shift) : (x * 3 + (1 << (-shift - 1))) >> -shift);
}

}  // namespace stapes::reference
