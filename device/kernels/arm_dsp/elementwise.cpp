#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/elementwise.h"

#include "device/kernels/arm_dsp/requantization.h"
#include "device/kernels/broadcast.h"

namespace stapes::arm_dsp {
namespace {

using reference::ElementwiseParameters;

constexpr int32_t kLeftShift = 20;  // |value + offset| * 2^20 < 2^28

// An input on its way to the common scale: multiply((value + offset) << 20, multiplier).
class Scaled {
 public:
  Scaled(int32_t offset, reference::Multiplier multiplier)
      : doubled_offset_(offset * (1 << (kLeftShift + 1))),
        multiplier_(multiplier.value),
        shift_(-multiplier.shift),
        half_(1 << (shift_ - 1)) {}

  static bool is_possible(reference::Multiplier multiplier) {
    return multiplier.shift <= -1 && multiplier.shift >= -kLargestShift;
  }

  int32_t operator()(int32_t value) const {
    const int32_t doubled = doubled_offset_ + value * (1 << (kLeftShift + 1));
    const int32_t x = multiply_high_rounded(doubled, multiplier_);
    return (x + (x >> 31) + half_) >> shift_;
  }

 private:
  int32_t doubled_offset_;
  int32_t multiplier_;
  int32_t shift_;
  int32_t half_;
};

// The same for a multiplier of 1/2, which the input with the larger scale has, or both. The other's
// is smaller, so that it is followed by a shift.
class Halved {
 public:
  Halved(int32_t offset, reference::Multiplier /*multiplier*/)
      : offset_(offset * (1 << (kLeftShift - 1))) {}

  static bool is_possible(reference::Multiplier multiplier) {
    return multiplier.value == 1 << 30 && multiplier.shift == 0;
  }

  int32_t operator()(int32_t value) const { return offset_ + value * (1 << (kLeftShift - 1)); }

 private:
  int32_t offset_;
};

// False, and nothing done, when the inputs' multipliers are others.
template <typename Left, typename Right>
bool add_scaled(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
                int8_t* output) {
  if (!Left::is_possible(p.first_multiplier) || !Right::is_possible(p.second_multiplier)) {
    return false;
  }
  const Left left(p.first_offset, p.first_multiplier);
  const Right right(p.second_offset, p.second_multiplier);
  const Requantization requantization =
      fast_requantization(0, p.output_multiplier, p.output_offset);
  const ActivationRange range = {p.activation_minimum, p.activation_maximum};
  const bool is_narrowed = range.is_narrowed();
  const auto combine = [=](int8_t a, int8_t b) {
    return clamp_output(requantize(2 * (left(a) + right(b)), requantization), range, is_narrowed);
  };
  if (p.broadcast.axes == 1 && p.broadcast.first_stride[0] == 1 &&
      p.broadcast.second_stride[0] == 1) {
    for (int32_t i = 0; i < p.broadcast.extent[0]; ++i) output[i] = combine(first[i], second[i]);
    return true;
  }
  for_each_pair(p.broadcast, first, second, output, combine);
  return true;
}

}  // namespace

void add(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
         int8_t* output) {
  // Both inputs are below 2^28 and their sum, after multipliers up to 1, below 2^29.
  const bool is_done = p.left_shift == kLeftShift &&
                       allows_fast_requantization(0, p.output_multiplier, 1 << 29) &&
                       (add_scaled<Halved, Scaled>(p, first, second, output) ||
                        add_scaled<Scaled, Halved>(p, first, second, output) ||
                        add_scaled<Halved, Halved>(p, first, second, output));
  if (!is_done) reference::add(p, first, second, output);
}

void multiply_elements(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
                       int8_t* output) {
  constexpr int32_t kLargestProduct = 255 * 255;
  if (!allows_fast_requantization(0, p.output_multiplier, kLargestProduct)) {
    reference::multiply_elements(p, first, second, output);
    return;
  }
  const Requantization requantization =
      fast_requantization(0, p.output_multiplier, p.output_offset);
  const ActivationRange range = {p.activation_minimum, p.activation_maximum};
  const bool is_narrowed = range.is_narrowed();
  for_each_pair(p.broadcast, first, second, output, [=](int8_t a, int8_t b) {
    const int32_t product = (a + p.first_offset) * (b + p.second_offset);
    return clamp_output(requantize(2 * product, requantization), range, is_narrowed);
  });
}

}  // namespace stapes::arm_dsp
#endif
