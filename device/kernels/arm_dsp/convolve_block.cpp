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
static_assert(sizeof(ConvolutionBlock) == 36 && offsetof(ConvolutionBlock, columns_end) == 8 &&
                  offsetof(ConvolutionBlock, weights) == 20 &&
                  offsetof(ConvolutionBlock, output) == 28,
              "as the assembly reads it");

#define STAPES_BEGIN                                 \
  "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"    \
  "ldmia r0, {r1, r2, r3, r4, r5, r6, r7, r8, r9}\n" \
  "push {r1, r2, r3, r4, r5, r6, r7, r8, r9}\n"

#define STAPES_END    \
  "add sp, sp, #36\n" \
  "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"

// r12: columns, lr: weights, r0: the first pixel's sum. Ends before the other sums are set.
#define STAPES_BEGIN_CHANNEL \
  "ldr r12, [sp]\n"          \
  "ldr r9, [sp, #12]\n"      \
  "ldr lr, [sp, #20]\n"      \
  "ldr r0, [r9, #12]\n"

// The groups with the loops around them: the tail and single groups first, then fives.
#define STAPES_GROUPS(WEIGHTS, PRODUCTS)                                                      \
  "ldr r9, [sp, #4]\n"                                                                        \
  "cmp r12, r9\n"                                                                             \
  "beq 4f\n"                                                                                  \
  "ldr r9, [sp, #24]\n"                                                                       \
  "cmp r9, #0\n"                                                                              \
  "beq 3f\n"                                                                                  \
  "ldr r9, [sp, #12]\n"                                                                       \
  "ldr r8, [r9, #16]\n" PRODUCTS                                                              \
  "b 2f\n"                                                                                    \
  "3:\n" WEIGHTS PRODUCTS                                                                     \
  "2:\n"                                                                                      \
  "ldr r9, [sp, #4]\n"                                                                        \
  "cmp r12, r9\n"                                                                             \
  "bne 3b\n"                                                                                  \
  "ldr r9, [sp, #8]\n"                                                                        \
  "cmp r12, r9\n"                                                                             \
  "beq 5f\n"                                                                                  \
  "4:\n" WEIGHTS PRODUCTS WEIGHTS PRODUCTS WEIGHTS PRODUCTS WEIGHTS PRODUCTS WEIGHTS PRODUCTS \
  "ldr r9, [sp, #8]\n"                                                                        \
  "cmp r12, r9\n"                                                                             \
  "bne 4b\n"                                                                                  \
  "5:\n"

// Stores where the next channel's weights begin; r7, r8, r9: multiplier, rounding, shift; the flags
// say whether this channel is the last one, until STAPES_NEXT_CHANNEL.
#define STAPES_CONSTANTS       \
  "ldr r9, [sp, #24]\n"        \
  "ldrd r10, r12, [sp, #12]\n" \
  "add lr, lr, r9\n"           \
  "ldmia r10, {r7, r8, r9}\n"  \
  "add r10, r10, #20\n"        \
  "str r10, [sp, #12]\n"       \
  "str lr, [sp, #20]\n"        \
  "cmp r10, r12\n"             \
  "ldrd r10, r11, [sp, #28]\n"

#define STAPES_REQUANTIZE(SUM) \
  "smmulr " SUM ", " SUM       \
  ", r7\n"                     \
  "add " SUM ", " SUM ", " SUM \
  ", asr #31\n"                \
  "add " SUM ", " SUM          \
  ", r8\n"                     \
  "asr " SUM ", " SUM          \
  ", r9\n"                     \
  "ssat " SUM ", #8, " SUM "\n"

#define STAPES_NEXT_CHANNEL \
  "add r10, r10, #1\n"      \
  "str r10, [sp, #28]\n"    \
  "bne 1b\n"

#define STAPES_WEIGHTS "ldr r8, [lr], #4\n"

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
      "1:\n" STAPES_BEGIN_CHANNEL
      "mov r1, r0\n"
      "mov r2, r0\n"
      "mov r3, r0\n"
      "mov r4, r0\n"
      "mov r5, r0\n"
      "mov r6, r0\n" STAPES_GROUPS(STAPES_WEIGHTS, STAPES_PRODUCTS_OF_SEVEN) STAPES_CONSTANTS
          STAPES_REQUANTIZE("r0") STAPES_REQUANTIZE("r1") STAPES_REQUANTIZE("r2")
              STAPES_REQUANTIZE("r3") STAPES_REQUANTIZE("r4") STAPES_REQUANTIZE("r5")
                  STAPES_REQUANTIZE("r6")
      "add r9, r10, r11\n"
      "add r12, r10, r11, lsl #2\n"
      "strb r0, [r10]\n"
      "strb r1, [r10, r11]\n"
      "strb r2, [r10, r11, lsl #1]\n"
      "strb r3, [r9, r11, lsl #1]\n"
      "strb r4, [r12]\n"
      "strb r5, [r12, r11]\n"
      "strb r6, [r12, r11, lsl #1]\n" STAPES_NEXT_CHANNEL STAPES_END);
}

__attribute__((naked)) void convolve_four_pixels(const ConvolutionBlock* /*block*/) {
  asm(STAPES_BEGIN
      "1:\n" STAPES_BEGIN_CHANNEL
      "mov r1, r0\n"
      "mov r2, r0\n"
      "mov r3, r0\n" STAPES_GROUPS(STAPES_WEIGHTS, STAPES_PRODUCTS_OF_FOUR) STAPES_CONSTANTS
          STAPES_REQUANTIZE("r0") STAPES_REQUANTIZE("r1") STAPES_REQUANTIZE("r2")
              STAPES_REQUANTIZE("r3")
      "add r9, r10, r11\n"
      "strb r0, [r10]\n"
      "strb r1, [r10, r11]\n"
      "strb r2, [r10, r11, lsl #1]\n"
      "strb r3, [r9, r11, lsl #1]\n" STAPES_NEXT_CHANNEL STAPES_END);
}

}  // namespace stapes::arm_dsp
#endif
