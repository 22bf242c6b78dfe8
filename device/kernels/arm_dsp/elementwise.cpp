#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/elementwise.h"

#include "device/kernels/arm_dsp/requantization.h"
#include "device/kernels/broadcast.h"

namespace stapes::arm_dsp {
namespace {

using reference::ElementwiseParameters;

constexpr int32_t kLeftShift = 20;  // |value + offset| * 2^20 < 2^28

// An input on its way to the common scale: multiply((value + offset) << 20, multiplier).
struct Scaled {
  Scaled(int32_t input_offset, reference::Multiplier by)
      : doubled_offset(input_offset * (1 << (kLeftShift + 1))),
        multiplier(by.value),
        shift(-by.shift),
        half(1 << (shift - 1)) {}

  static bool is_possible(reference::Multiplier by) {
    return by.shift <= -1 && by.shift >= -kLargestShift;
  }

  int32_t operator()(int32_t value) const {
    const int32_t doubled = doubled_offset + value * (1 << (kLeftShift + 1));
    const int32_t x = multiply_high_rounded(doubled, multiplier);
    return (x + (x >> 31) + half) >> shift;
  }

  int32_t doubled_offset;
  int32_t multiplier;
  int32_t shift;
  int32_t half;
};

// The same for a multiplier of 1/2, which the input with the larger scale has, or both. The other's
// is smaller, so that it is followed by a shift.
struct Halved {
  Halved(int32_t input_offset, reference::Multiplier /*by*/)
      : offset(input_offset * (1 << (kLeftShift - 1))) {}

  static bool is_possible(reference::Multiplier by) { return by.value == 1 << 30 && by.shift == 0; }

  int32_t operator()(int32_t value) const { return offset + value * (1 << (kLeftShift - 1)); }

  int32_t offset;
};

// Elements of two rows of equal length, of which the first input has the multiplier of 1/2. The
// order of the members is that in which the assembly loads them.
struct AddRow {
  const int8_t* halved;
  const int8_t* scaled;
  int8_t* output;
  const int8_t* halved_end;
  int32_t halved_offset;  // doubled, as the sum is
  int32_t scaled_offset;  // doubled
  int32_t scaled_multiplier;
  int32_t scaled_half;
  int32_t scaled_shift;
  int32_t multiplier;
  int32_t rounding;
  int32_t shift;
};

// Written out because GCC 12 keeps half of these on the stack. REQUIRES: an even number of
// elements, at least two.
__attribute__((naked)) void add_row(const AddRow* /*row*/) {
#define STAPES_ELEMENT           \
  "ldrsb lr, [r1], #1\n"         \
  "ldrsb r12, [r0], #1\n"        \
  "add lr, r5, lr, lsl #21\n"    \
  "smmulr lr, lr, r6\n"          \
  "add r12, r4, r12, lsl #20\n"  \
  "add lr, lr, lr, asr #31\n"    \
  "add lr, lr, r7\n"             \
  "asr lr, lr, r8\n"             \
  "add r12, r12, lr, lsl #1\n"   \
  "smmulr r12, r12, r9\n"        \
  "add r12, r12, r12, asr #31\n" \
  "add r12, r12, r10\n"          \
  "asr r12, r12, r11\n"          \
  "ssat r12, #8, r12\n"          \
  "strb r12, [r2], #1\n"
  asm("push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "ldmia r0, {r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11}\n"
      "1:\n" STAPES_ELEMENT STAPES_ELEMENT
      "cmp r0, r3\n"
      "bne 1b\n"
      "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
#undef STAPES_ELEMENT
}

// All but an odd last element; returns how many.
int32_t add_even(const Halved& halved, const Scaled& scaled, const Requantization& requantization,
                 const int8_t* first, const int8_t* second, int32_t count, int8_t* output) {
  const int32_t even = count & ~1;
  if (even == 0) return 0;
  const AddRow row = {first,
                      second,
                      output,
                      first + even,
                      2 * halved.offset,
                      scaled.doubled_offset,
                      scaled.multiplier,
                      scaled.half,
                      scaled.shift,
                      requantization.multiplier,
                      requantization.rounding,
                      requantization.shift};
  add_row(&row);
  return even;
}
int32_t add_even(const Scaled& scaled, const Halved& halved, const Requantization& requantization,
                 const int8_t* first, const int8_t* second, int32_t count, int8_t* output) {
  return add_even(halved, scaled, requantization, second, first, count, output);
}
int32_t add_even(const Halved& /*first*/, const Halved& /*second*/, const Requantization& /*r*/,
                 const int8_t* /*first*/, const int8_t* /*second*/, int32_t /*count*/,
                 int8_t* /*output*/) {
  return 0;
}

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
    const int32_t count = p.broadcast.extent[0];
    const int32_t done = add_even(left, right, requantization, first, second, count, output);
    if (is_narrowed) clamp_bytes(output, done, range);
    for (int32_t i = done; i < count; ++i) output[i] = combine(first[i], second[i]);
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
