#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/elementwise.h"

#include "device/kernels/arm_dsp/requantization.h"
#include "device/kernels/broadcast.h"

namespace stapes::arm_dsp {
namespace {

using reference::ElementwiseParameters;

// An input on its way to the common scale: multiply((value + offset) << left_shift, multiplier),
// where the shifted input is below 2^28. The input with the larger scale has a multiplier of 1/2,
// without a shift to the right; as all shifted inputs are even, it is the same as half of twice the
// input, rounded, which has one.
struct Scaled {
  Scaled(int32_t input_offset, int32_t left_shift, reference::Multiplier by)
      : factor(1 << (left_shift + 1 + (is_half(by) ? 1 : 0))),
        offset(input_offset * factor),
        multiplier(by.value),
        shift(is_half(by) ? 1 : -by.shift),
        half(1 << (shift - 1)) {}

  static bool is_half(reference::Multiplier by) { return by.value == 1 << 30 && by.shift == 0; }
  static bool is_possible(reference::Multiplier by) {
    return is_half(by) || (by.shift <= -1 && by.shift >= -kLargestShift);
  }

  int32_t operator()(int32_t value) const {
    const int32_t x = multiply_high_rounded(offset + value * factor, multiplier);
    return (x + (x >> 31) + half) >> shift;
  }

  int32_t factor;  // the multiplication doubles
  int32_t offset;
  int32_t multiplier;
  int32_t shift;
  int32_t half;
};

constexpr int32_t kAddShift = 20;  // of ADD and SUB
// Both inputs are below 2^28 and their sum, after multipliers up to 1, below 2^29.
constexpr int32_t kLargestSum = 1 << 29;

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

// Does a whole line with the assembly, but for an odd last element.
class AddLine {
 public:
  // Possible when one multiplier is 1/2 and the other not.
  AddLine(const ElementwiseParameters& p, const Requantization& requantization)
      : is_first_half_(Scaled::is_half(p.first_multiplier)) {
    const Broadcast& broadcast = p.broadcast;
    const int32_t inner = broadcast.axes - 1;
    is_possible_ = is_first_half_ != Scaled::is_half(p.second_multiplier) &&
                   broadcast.first_stride[inner] == 1 && broadcast.second_stride[inner] == 1;
    even_ = broadcast.extent[inner] & ~1;
    const Scaled scaled = is_first_half_ ? Scaled(p.second_offset, kAddShift, p.second_multiplier)
                                         : Scaled(p.first_offset, kAddShift, p.first_multiplier);
    row_.halved_offset = (is_first_half_ ? p.first_offset : p.second_offset) * (1 << kAddShift);
    row_.scaled_offset = scaled.offset;
    row_.scaled_multiplier = scaled.multiplier;
    row_.scaled_half = scaled.half;
    row_.scaled_shift = scaled.shift;
    row_.multiplier = requantization.multiplier;
    row_.rounding = requantization.rounding;
    row_.shift = requantization.shift;
  }

  // Returns how many elements it did.
  int32_t operator()(const int8_t* first, const int8_t* second, int8_t* output) {
    if (!is_possible_ || even_ == 0) return 0;
    row_.halved = is_first_half_ ? first : second;
    row_.scaled = is_first_half_ ? second : first;
    row_.output = output;
    row_.halved_end = row_.halved + even_;
    add_row(&row_);
    return even_;
  }

 private:
  bool is_first_half_;
  bool is_possible_ = false;
  int32_t even_ = 0;
  AddRow row_ = {};
};

struct NoLine {
  NoLine(const ElementwiseParameters& /*p*/, const Requantization& /*requantization*/) {}
  int32_t operator()(const int8_t* /*first*/, const int8_t* /*second*/, int8_t* /*output*/) {
    return 0;
  }
};

// combine(left, right) -> the accumulator that the output multiplier scales; it is at most
// `sum_limit`. False, and nothing done, when a multiplier is another. Line: a faster form for the
// beginning of a line.
template <typename Line, typename Combine>
bool combine_scaled(const ElementwiseParameters& p, int32_t left_shift, int32_t sum_limit,
                    const int8_t* first, const int8_t* second, int8_t* output,
                    const Combine& combine) {
  if (p.left_shift != left_shift || !Scaled::is_possible(p.first_multiplier) ||
      !Scaled::is_possible(p.second_multiplier) ||
      !allows_fast_requantization(0, p.output_multiplier, sum_limit)) {
    return false;
  }
  const Scaled left(p.first_offset, left_shift, p.first_multiplier);
  const Scaled right(p.second_offset, left_shift, p.second_multiplier);
  const Requantization requantization =
      fast_requantization(0, p.output_multiplier, p.output_offset);
  const ActivationRange range = {p.activation_minimum, p.activation_maximum};
  const bool is_narrowed = range.is_narrowed();
  const int32_t inner = p.broadcast.axes - 1;
  const int32_t length = p.broadcast.extent[inner];
  const int32_t first_step = p.broadcast.first_stride[inner];
  const int32_t second_step = p.broadcast.second_stride[inner];
  Line line(p, requantization);
  for_each_line(p.broadcast, [&](int32_t i, int32_t j) {
    const int32_t done = line(first + i, second + j, output);
    if (is_narrowed) clamp_bytes(output, done, range);
    for (int32_t k = done; k < length; ++k) {
      const int32_t sum =
          combine(left(first[i + k * first_step]), right(second[j + k * second_step]));
      output[k] = clamp_output(requantize(2 * sum, requantization), range, is_narrowed);
    }
    output += length;
  });
  return true;
}

}  // namespace

void add(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
         int8_t* output) {
  const bool is_done = combine_scaled<AddLine>(p, kAddShift, kLargestSum, first, second, output,
                                               [](int32_t a, int32_t b) { return a + b; });
  if (!is_done) reference::add(p, first, second, output);
}

void subtract(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
              int8_t* output) {
  const bool is_done = combine_scaled<NoLine>(p, kAddShift, kLargestSum, first, second, output,
                                              [](int32_t a, int32_t b) { return a - b; });
  if (!is_done) reference::subtract(p, first, second, output);
}

void squared_difference(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
                        int8_t* output) {
  // Inputs below 2^15 with multipliers of at most 1/2 differ by less than 2^15.
  constexpr int32_t kLeftShift = 7;
  const bool is_done =
      combine_scaled<NoLine>(p, kLeftShift, kAccumulatorLimit - 1, first, second, output,
                             [](int32_t a, int32_t b) { return (a - b) * (a - b); });
  if (!is_done) reference::squared_difference(p, first, second, output);
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
