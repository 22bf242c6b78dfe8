#pragma once
#include "device/kernels/arm_dsp/intrinsics.h"

namespace stapes::arm_dsp {

struct Pair {
  int32_t first;
  int32_t second;
};

// reference::dot_product() of the same activations with two rows of weights, of which the second
// lies `row_step` bytes behind the first. The activations are widened once for both.
inline Pair dot_products(const int8_t* activations, int32_t offset, const int8_t* weights,
                         int32_t row_step, int32_t count) {
  const int32_t offsets = both_lanes(offset);
  // Written out because GCC 12 keeps operands of this loop on the stack.
  int32_t sum0 = 0;
  int32_t sum1 = 0;
  int32_t even;
  int32_t odd;
  int32_t first;
  int32_t second;
  int32_t lane;
#define STAPES_GROUP                             \
  "ldr %[odd], [%[activations]], #4\n"           \
  "ldr %[second], [%[weights], %[row_step]]\n"   \
  "ldr %[first], [%[weights]], #4\n"             \
  "sxtab16 %[even], %[offsets], %[odd]\n"        \
  "sxtab16 %[odd], %[offsets], %[odd], ror #8\n" \
  "sxtb16 %[lane], %[first]\n"                   \
  "sxtb16 %[first], %[first], ror #8\n"          \
  "smlad %[sum0], %[even], %[lane], %[sum0]\n"   \
  "sxtb16 %[lane], %[second]\n"                  \
  "sxtb16 %[second], %[second], ror #8\n"        \
  "smlad %[sum1], %[even], %[lane], %[sum1]\n"   \
  "smlad %[sum0], %[odd], %[first], %[sum0]\n"   \
  "smlad %[sum1], %[odd], %[second], %[sum1]\n"
#define STAPES_OPERANDS                                                                     \
  [sum0] "+&r"(sum0), [sum1] "+&r"(sum1), [activations] "+&r"(activations),                 \
      [weights] "+&r"(weights), [even] "=&r"(even), [odd] "=&r"(odd), [first] "=&r"(first), \
      [second] "=&r"(second), [lane] "=&r"(lane), [left] "+&r"(left)
  int32_t left = count / 20;
  if (left > 0) {
    asm volatile("1:\n" STAPES_GROUP STAPES_GROUP STAPES_GROUP STAPES_GROUP STAPES_GROUP
                 "subs %[left], #1\n"
                 "bne 1b\n"
                 : STAPES_OPERANDS
                 : [offsets] "r"(offsets), [row_step] "r"(row_step)
                 : "cc", "memory");
  }
  left = count % 20 / 4;
  if (left > 0) {
    asm volatile("1:\n" STAPES_GROUP
                 "subs %[left], #1\n"
                 "bne 1b\n"
                 : STAPES_OPERANDS
                 : [offsets] "r"(offsets), [row_step] "r"(row_step)
                 : "cc", "memory");
  }
#undef STAPES_GROUP
#undef STAPES_OPERANDS
  const int32_t rest = count & 3;
  if (rest > 0) {  // where the weights are 0, the offset does not count
    const int32_t word = load_part(activations, rest);
    first = load_part(weights, rest);
    second = load_part(weights + row_step, rest);
    even = even_bytes_plus(offsets, word);
    odd = odd_bytes_plus(offsets, word);
    sum0 = __smlad(odd, odd_bytes(first), __smlad(even, even_bytes(first), sum0));
    sum1 = __smlad(odd, odd_bytes(second), __smlad(even, even_bytes(second), sum1));
  }
  return {sum0, sum1};
}

// The dot products with `rows` rows of `count` weights, one behind the other: use(row, sum).
template <typename Use>
void for_each_dot_product(const int8_t* activations, int32_t offset, const int8_t* weights,
                          int32_t rows, int32_t count, const Use& use) {
  int32_t row = 0;
  for (; row + 2 <= rows; row += 2) {
    const Pair sums = dot_products(activations, offset, weights, count, count);
    use(row, sums.first);
    use(row + 1, sums.second);
    weights += 2 * count;
  }
  if (row < rows) use(row, dot_products(activations, offset, weights, 0, count).first);
}

}  // namespace stapes::arm_dsp
