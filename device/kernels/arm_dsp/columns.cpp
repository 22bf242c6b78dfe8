#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/columns.h"

namespace stapes::arm_dsp {

void multiply_column_by_four(const int32_t* column, const int8_t* weights, int32_t count,
                             int32_t (&sums)[4]) {
  const int32_t whole = count & ~3;
  if (whole < count) {
    for (int32_t row = 0; row < 4; ++row) {
      const int32_t word = load_part(weights + row * count + whole, count - whole);
      sums[row] = __smlad(even_bytes(word), column[0], sums[row]);
      sums[row] = __smlad(odd_bytes(word), column[1], sums[row]);
    }
    column += 2;
  }
  const int8_t* last_row = weights + 3 * count;
  int32_t sum0 = sums[0];
  int32_t sum1 = sums[1];
  int32_t sum2 = sums[2];
  int32_t sum3 = sums[3];
  int32_t even;
  int32_t odd;
  int32_t word;
  int32_t half;
#define STAPES_ROW(SUM)                   \
  "sxtb16 %[half], %[word]\n"             \
  "sxtb16 %[word], %[word], ror #8\n"     \
  "smlad " SUM ", %[half], %[even], " SUM \
  "\n"                                    \
  "smlad " SUM ", %[word], %[odd], " SUM "\n"
#define STAPES_GROUP \
  "ldr %[word], [%[weights], %[step]]\n"                                    \
  "ldrd %[even], %[odd], [%[column]], #8\n" STAPES_ROW("%[sum1]")                      \
  "ldr %[word], [%[weights], %[step], lsl #1]\n" STAPES_ROW("%[sum2]")      \
  "ldr %[word], [%[last]], #4\n" STAPES_ROW("%[sum3]")                       \
  "ldr %[word], [%[weights]], #4\n" STAPES_ROW("%[sum0]")
#define STAPES_LOOP(GROUPS, END)                                                                 \
  asm volatile("1:\n" GROUPS                                                                     \
               "cmp %[column], %[end]\n"                                                         \
               "bne 1b\n"                                                                        \
               : [sum0] "+&r"(sum0), [sum1] "+&r"(sum1), [sum2] "+&r"(sum2), [sum3] "+&r"(sum3), \
                 [column] "+&r"(column), [weights] "+&r"(weights), [last] "+&r"(last_row),       \
                 [even] "=&r"(even), [odd] "=&r"(odd), [word] "=&r"(word), [half] "=&r"(half)    \
               : [step] "r"(count), [end] "r"(END)                                               \
               : "cc", "memory")
  const int32_t* const fives = column + whole % 20 / 2;
  const int32_t* const end = column + whole / 2;
  if (column != fives) STAPES_LOOP(STAPES_GROUP, fives);
  if (column != end) {
    STAPES_LOOP(STAPES_GROUP STAPES_GROUP STAPES_GROUP STAPES_GROUP STAPES_GROUP, end);
  }
#undef STAPES_LOOP
#undef STAPES_GROUP
#undef STAPES_ROW
  sums[0] = sum0;
  sums[1] = sum1;
  sums[2] = sum2;
  sums[3] = sum3;
}

}  // namespace stapes::arm_dsp
#endif
