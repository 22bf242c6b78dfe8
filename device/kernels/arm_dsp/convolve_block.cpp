#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/convolve_block.h"

// Whole functions in assembly, because the loop takes all fourteen registers: a sum for each pixel,
// two halves of a word of weights, three or four operands, and two pointers. A word of weights and
// its two SXTB16 serve two SMLAD for each pixel. What does not fit is on the stack, in the order of
// ConvolutionBlock.
namespace stapes::arm_dsp {

static_assert(sizeof(ChannelConstants) == 20 && offsetof(ChannelConstants, doubled_bias) == 12 &&
                  offsetof(ChannelConstants, tail) == 16,
              "as the assembly reads them");
static_assert(sizeof(ConvolutionBlock) == 44 && offsetof(ConvolutionBlock, columns_end) == 8 &&
                  offsetof(ConvolutionBlock, weights) == 20 &&
                  offsetof(ConvolutionBlock, output) == 28 &&
                  offsetof(ConvolutionBlock, left_shift) == 36,
              "as the assembly reads it");

// clang-format off

#define STAPES_BEGIN                                            \
  "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"               \
  "ldmia r0, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11}\n"  \
  "push {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11}\n"

#define STAPES_END    \
  "add sp, sp, #44\n" \
  "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"

// r12: columns, lr: weights, r0: the first pixel's sum, of which the others are to be copies.
#define STAPES_BEGIN_CHANNEL \
  "1:\n"                     \
  "ldr r12, [sp]\n"          \
  "ldr r9, [sp, #12]\n"      \
  "ldr lr, [sp, #20]\n"      \
  "ldr r0, [r9, #12]\n"

#define STAPES_WEIGHTS "ldr r8, [lr], #4\n"

#define STAPES_FIVE_TIMES(PRODUCTS)                               \
  STAPES_WEIGHTS PRODUCTS STAPES_WEIGHTS PRODUCTS STAPES_WEIGHTS PRODUCTS \
  STAPES_WEIGHTS PRODUCTS STAPES_WEIGHTS PRODUCTS

// All groups: the tail and single groups first, then fives.
#define STAPES_GROUPS(PRODUCTS)          \
  "ldr r9, [sp, #4]\n"                   \
  "cmp r12, r9\n"                        \
  "beq 4f\n"                             \
  "ldr r9, [sp, #24]\n"                  \
  "cmp r9, #0\n"                         \
  "beq 3f\n"                             \
  "ldr r9, [sp, #12]\n"                  \
  "ldr r8, [r9, #16]\n"                  \
  PRODUCTS                               \
  "b 2f\n"                               \
  "3:\n"                                 \
  STAPES_WEIGHTS PRODUCTS                \
  "2:\n"                                 \
  "ldr r9, [sp, #4]\n"                   \
  "cmp r12, r9\n"                        \
  "bne 3b\n"                             \
  "ldr r9, [sp, #8]\n"                   \
  "cmp r12, r9\n"                        \
  "beq 5f\n"                             \
  "4:\n"                                 \
  STAPES_FIVE_TIMES(PRODUCTS)            \
  "ldr r9, [sp, #8]\n"                   \
  "cmp r12, r9\n"                        \
  "bne 4b\n"                             \
  "5:\n"

// Stores where the next channel's weights begin; r7, r8, r9: multiplier, rounding, shift; from here
// on the flags say whether this channel is the last one.
#define STAPES_CONSTANTS       \
  "ldr r9, [sp, #24]\n"        \
  "ldrd r10, r12, [sp, #12]\n" \
  "add lr, lr, r9\n"           \
  "ldmia r10, {r7, r8, r9}\n"  \
  "add r10, r10, #20\n"        \
  "str r10, [sp, #12]\n"       \
  "str lr, [sp, #20]\n"        \
  "cmp r10, r12\n"

#define STAPES_TO_INT8(SUM)                   \
  "smmulr " SUM ", " SUM ", r7\n"             \
  "add " SUM ", " SUM ", " SUM ", asr #31\n"  \
  "add " SUM ", " SUM ", r8\n"                \
  "asr " SUM ", " SUM ", r9\n"                \
  "ssat " SUM ", #8, " SUM "\n"

// r10: left_shift, lr: sign_mask.
#define STAPES_TO_INT16(SUM)                  \
  "lsl " SUM ", " SUM ", r10\n"               \
  "smmulr " SUM ", " SUM ", r7\n"             \
  "and r12, lr, " SUM ", asr #31\n"           \
  "add " SUM ", " SUM ", r12\n"               \
  "add " SUM ", " SUM ", r8\n"                \
  "asr " SUM ", " SUM ", r9\n"                \
  "ssat " SUM ", #16, " SUM "\n"

#define STAPES_SEVEN_TIMES(WHAT) \
  WHAT("r0") WHAT("r1") WHAT("r2") WHAT("r3") WHAT("r4") WHAT("r5") WHAT("r6")
#define STAPES_FOUR_TIMES(WHAT) WHAT("r0") WHAT("r1") WHAT("r2") WHAT("r3")

#define STAPES_STORE_FOUR(STORE)      \
  "ldrd r10, r11, [sp, #28]\n"        \
  "add r9, r10, r11\n"                \
  STORE " r0, [r10]\n"                \
  STORE " r1, [r10, r11]\n"           \
  STORE " r2, [r10, r11, lsl #1]\n"   \
  STORE " r3, [r9, r11, lsl #1]\n"

#define STAPES_STORE_SEVEN(STORE)     \
  STAPES_STORE_FOUR(STORE)            \
  "add r12, r10, r11, lsl #2\n"       \
  STORE " r4, [r12]\n"                \
  STORE " r5, [r12, r11]\n"           \
  STORE " r6, [r12, r11, lsl #1]\n"

#define STAPES_NEXT_CHANNEL(BYTES)    \
  "add r10, r10, #" BYTES "\n"        \
  "str r10, [sp, #28]\n"              \
  "bne 1b\n"

#define STAPES_COPIES_FOR_FOUR "mov r1, r0\n mov r2, r0\n mov r3, r0\n"
#define STAPES_COPIES_FOR_SEVEN \
  STAPES_COPIES_FOR_FOUR "mov r4, r0\n mov r5, r0\n mov r6, r0\n"

#define STAPES_PRODUCTS_OF_SEVEN \
  "ldmia r12!, {r9, r10, r11}\n" \
  "sxtb16 r7, r8\n"              \
  "sxtb16 r8, r8, ror #8\n"      \
  "smlad r0, r7, r9, r0\n"       \
  "smlad r1, r7, r10, r1\n"      \
  "smlad r2, r7, r11, r2\n"      \
  "ldmia r12!, {r9, r10, r11}\n" \
  "smlad r3, r7, r9, r3\n"       \
  "smlad r4, r7, r10, r4\n"      \
  "smlad r5, r7, r11, r5\n"      \
  "ldmia r12!, {r9, r10, r11}\n" \
  "smlad r6, r7, r9, r6\n"       \
  "smlad r0, r8, r10, r0\n"      \
  "smlad r1, r8, r11, r1\n"      \
  "ldmia r12!, {r9, r10, r11}\n" \
  "smlad r2, r8, r9, r2\n"       \
  "smlad r3, r8, r10, r3\n"      \
  "smlad r4, r8, r11, r4\n"      \
  "ldrd r9, r10, [r12], #8\n"    \
  "smlad r5, r8, r9, r5\n"       \
  "smlad r6, r8, r10, r6\n"

#define STAPES_PRODUCTS_OF_FOUR    \
  "ldmia r12!, {r4, r5, r6, r9}\n" \
  "sxtb16 r7, r8\n"                \
  "sxtb16 r8, r8, ror #8\n"        \
  "smlad r0, r7, r4, r0\n"         \
  "smlad r1, r7, r5, r1\n"         \
  "smlad r2, r7, r6, r2\n"         \
  "smlad r3, r7, r9, r3\n"         \
  "ldmia r12!, {r4, r5, r6, r9}\n" \
  "smlad r0, r8, r4, r0\n"         \
  "smlad r1, r8, r5, r1\n"         \
  "smlad r2, r8, r6, r2\n"         \
  "smlad r3, r8, r9, r3\n"

__attribute__((naked)) void convolve_seven_pixels(const ConvolutionBlock* /*block*/) {
  asm(STAPES_BEGIN
      STAPES_BEGIN_CHANNEL
      STAPES_COPIES_FOR_SEVEN
      STAPES_GROUPS(STAPES_PRODUCTS_OF_SEVEN)
      STAPES_CONSTANTS
      STAPES_SEVEN_TIMES(STAPES_TO_INT8)
      STAPES_STORE_SEVEN("strb")
      STAPES_NEXT_CHANNEL("1")
      STAPES_END);
}

__attribute__((naked)) void convolve_four_pixels(const ConvolutionBlock* /*block*/) {
  asm(STAPES_BEGIN
      STAPES_BEGIN_CHANNEL
      STAPES_COPIES_FOR_FOUR
      STAPES_GROUPS(STAPES_PRODUCTS_OF_FOUR)
      STAPES_CONSTANTS
      STAPES_FOUR_TIMES(STAPES_TO_INT8)
      STAPES_STORE_FOUR("strb")
      STAPES_NEXT_CHANNEL("1")
      STAPES_END);
}

__attribute__((naked)) void convolve_seven_pixels_to_int16(const ConvolutionBlock* /*block*/) {
  asm(STAPES_BEGIN
      STAPES_BEGIN_CHANNEL
      STAPES_COPIES_FOR_SEVEN
      STAPES_GROUPS(STAPES_PRODUCTS_OF_SEVEN)
      STAPES_CONSTANTS
      "ldrd r10, lr, [sp, #36]\n"
      STAPES_SEVEN_TIMES(STAPES_TO_INT16)
      STAPES_STORE_SEVEN("strh")
      STAPES_NEXT_CHANNEL("2")
      STAPES_END);
}

// clang-format on

}  // namespace stapes::arm_dsp
#endif
