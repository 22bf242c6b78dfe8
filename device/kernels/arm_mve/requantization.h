#pragma once
#include <arm_mve.h>

#include "device/kernels/reference/fixed_point.h"

// reference::multiply() for four lanes at a time. With s = -shift >= 1 it is
//
//   x = round(a * value / 2^31), ties upwards          VQRDMLAH's rounding
//   round(x / 2^s), ties away from zero  =  (x + (a >> 31) + 2^(s - 1)) >> s
//
// because a tie is broken upwards by the addition of 2^(s - 1), and downwards with 1 less. The sign
// may be that of a in place of x's: they differ only where x = 0, whose quotient is 0 in both
// cases. VQRDMLAH adds its accumulator, a >> 31, to x without rounding it; the sum can't overflow,
// since value <= 2^31 - 1 makes |x| < 2^31. VRSHL adds 2^(s - 1) in more than 32 bits.
namespace stapes::arm_mve {

constexpr int32_t kSmallestShift = -31;
constexpr int32_t kLargestShift = -1;

inline bool is_shift_fast(int32_t shift) {
  return shift >= kSmallestShift && shift <= kLargestShift;
}
inline bool is_fast(const reference::Multiplier& multiplier) {
  return is_shift_fast(multiplier.shift);
}

// Whether all of them are.
inline bool are_fast(const reference::Multiplier* multipliers, int32_t count) {
  static_assert(sizeof(reference::Multiplier) == 2 * sizeof(int32_t), "");
  const uint32x4_t places = vidupq_n_u32(1, 2);  // of four shifts, in words
  uint32x4_t worst = vdupq_n_u32(0);
  for (; count >= 4; count -= 4) {
    const int32x4_t shifts =
        vldrwq_gather_shifted_offset_s32(reinterpret_cast<const int32_t*>(multipliers), places);
    worst = vmaxq_u32(worst, vreinterpretq_u32_s32(vsubq_n_s32(shifts, kSmallestShift)));
    multipliers += 4;
  }
  uint32_t result = vmaxvq_u32(0, worst);
  for (; count > 0; --count, ++multipliers) {
    const auto distance = static_cast<uint32_t>(multipliers->shift - kSmallestShift);
    if (distance > result) result = distance;
  }
  return result <= static_cast<uint32_t>(kLargestShift - kSmallestShift);
}

// reference::multiply() in each lane. REQUIRES: is_fast(multiplier).
inline int32x4_t multiply_fast(int32x4_t a, const reference::Multiplier& multiplier) {
  const int32x4_t sign = vshrq_n_s32(a, 31);
  return vrshlq_n_s32(vqrdmlahq_n_s32(sign, a, multiplier.value), multiplier.shift);
}

// Whether AnyMultiplier can do it; a smaller one makes everything 0.
inline bool is_possible(const reference::Multiplier& multiplier) {
  return multiplier.shift >= kSmallestShift;
}

// Any multiplier, taken apart once for many multiplications.
class AnyMultiplier {
 public:
  explicit AnyMultiplier(const reference::Multiplier& multiplier)
      : value_(multiplier.value),
        left_(multiplier.shift > 0 ? multiplier.shift : 0),
        right_(multiplier.shift > 0 ? 0 : multiplier.shift),
        sign_mask_(vdupq_n_s32(right_ < 0 ? -1 : 0)) {}

  // reference::multiply() in each lane. REQUIRES: is_possible(multiplier).
  int32x4_t operator()(int32x4_t a) const {
    const int32x4_t shifted = vshlq_r_s32(a, left_);
    const int32x4_t sign = vandq_s32(vshrq_n_s32(shifted, 31), sign_mask_);
    return vrshlq_n_s32(vqrdmlahq_n_s32(sign, shifted, value_), right_);
  }

 private:
  int32_t value_;
  int32_t left_;
  int32_t right_;
  int32x4_t sign_mask_;
};

// {a, b, c, d}, which GCC 12 would put together on the stack.
inline int32x4_t lanes(int32_t a, int32_t b, int32_t c, int32_t d) {
  int32x4_t result;
  asm("vmov %q0[2], %q0[0], %1, %2" : "=w"(result) : "r"(a), "r"(c));
  asm("vmov %q0[3], %q0[1], %1, %2" : "+w"(result) : "r"(b), "r"(d));
  return result;
}

}  // namespace stapes::arm_mve
