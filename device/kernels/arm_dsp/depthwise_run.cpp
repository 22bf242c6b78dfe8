#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/depthwise_run.h"

#include <cstddef>

#include "device/kernels/arm_dsp/requantization.h"

namespace stapes::arm_dsp {

static_assert(offsetof(DepthwiseRun, output_step) == 12 && offsetof(DepthwiseRun, pairs) == 24 &&
                  offsetof(DepthwiseRun, weights) == 32 && offsetof(DepthwiseRun, next_bytes) == 40,
              "as the assembly reads them");

// Two pixels at a time, which share four of their six pairs.
void convolve_five_pairs(const DepthwiseRun& run) {
  asm volatile(
      "ldr r8, [%[run], #32]\n"
      "ldrd r10, r11, [%[run], #24]\n"
      "ldmia r8, {r0, r1, r2, r3, r8}\n"
      "b 2f\n"
      "1:\n"
      "ldr lr, [%[run], #20]\n"
      "ldmia r10!, {r4, r5, r6}\n"
      "smlad r9, r4, r0, lr\n"
      "smlad lr, r5, r0, lr\n"
      "smlad r9, r5, r1, r9\n"
      "smlad lr, r6, r1, lr\n"
      "smlad r9, r6, r2, r9\n"
      "ldmia r10, {r4, r5, r6}\n"
      "smlad lr, r4, r2, lr\n"
      "smlad r9, r4, r3, r9\n"
      "smlad lr, r5, r3, lr\n"
      "smlad r9, r5, r8, r9\n"
      "smlad lr, r6, r8, lr\n"
      "sub r10, r10, #4\n"
      "ldmia %[run], {r4, r5, r6}\n"
      "smmulr r9, r9, r4\n"
      "smmulr lr, lr, r4\n"
      "add r9, r9, r9, asr #31\n"
      "add lr, lr, lr, asr #31\n"
      "add r9, r9, r5\n"
      "add lr, lr, r5\n"
      "asr r9, r9, r6\n"
      "asr lr, lr, r6\n"
      "ldr r4, [%[run], #12]\n"
      "ssat r9, #8, r9\n"
      "ssat lr, #8, lr\n"
      "strb r9, [r11]\n"
      "strb lr, [r11, r4]\n"
      "add r11, r11, r4, lsl #1\n"
      "2:\n"
      "ldr r5, [%[run], #16]\n"
      "cmp r10, r5\n"
      "blo 1b\n"
      "bne 3f\n"  // else one pixel is left
      "ldr r9, [%[run], #20]\n"
      "ldmia r10!, {r4, r5, r6}\n"
      "smlad r9, r4, r0, r9\n"
      "smlad r9, r5, r1, r9\n"
      "smlad r9, r6, r2, r9\n"
      "ldrd r4, r5, [r10]\n"
      "smlad r9, r4, r3, r9\n"
      "smlad r9, r5, r8, r9\n"
      "ldmia %[run], {r4, r5, r6}\n"
      "smmulr r9, r9, r4\n"
      "add r9, r9, r9, asr #31\n"
      "add r9, r9, r5\n"
      "asr r9, r9, r6\n"
      "ssat r9, #8, r9\n"
      "strb r9, [r11]\n"
      "3:\n"
      :
      : [run] "r"(&run)
      : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "lr", "cc", "memory");
}

void convolve_three_rows(const DepthwiseRun& run) {
  asm volatile(
      "ldr r8, [%[run], #32]\n"
      "ldrd r10, r11, [%[run], #24]\n"
      "ldr lr, [%[run], #36]\n"
      "ldmia r8, {r0, r1, r2, r3, r8, r9}\n"
      "1:\n"
      "ldr r6, [%[run], #20]\n"
      "ldrd r4, r5, [r10]\n"
      "smlad r6, r4, r0, r6\n"
      "smlad r6, r5, r1, r6\n"
      "add r10, r10, lr\n"
      "ldrd r4, r5, [r10]\n"
      "smlad r6, r4, r2, r6\n"
      "smlad r6, r5, r3, r6\n"
      "add r10, r10, lr\n"
      "ldrd r4, r5, [r10]\n"
      "smlad r6, r4, r8, r6\n"
      "smlad r6, r5, r9, r6\n"
      "ldr r4, [%[run], #40]\n"
      "ldr r5, [%[run]]\n"
      "add r10, r10, r4\n"
      "smmulr r6, r6, r5\n"
      "ldrd r4, r5, [%[run], #4]\n"
      "add r6, r6, r6, asr #31\n"
      "add r6, r6, r4\n"
      "asr r6, r6, r5\n"
      "ldrd r4, r5, [%[run], #12]\n"
      "ssat r6, #8, r6\n"
      "strb r6, [r11]\n"
      "add r11, r11, r4\n"
      "cmp r10, r5\n"
      "bls 1b\n"
      :
      : [run] "r"(&run)
      : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "lr", "cc", "memory");
}

void convolve_any_pairs(const DepthwiseRun& run) {
  const Requantization requantization = {run.doubled_bias, run.multiplier, run.rounding, run.shift};
  int8_t* output = run.output;
  for (const int32_t* pairs = run.pairs; pairs <= run.last; pairs += run.pair_step) {
    int32_t sum = requantization.doubled_bias;
    const int32_t* weights = run.weights;
    const int32_t* row = pairs;
    for (int32_t y = 0; y < run.filter_height; ++y) {
      for (int32_t pair = 0; pair < run.filter_pairs; ++pair) {
        sum = __smlad(row[pair], *weights++, sum);
      }
      row += run.row_bytes / static_cast<int32_t>(sizeof(int32_t));
    }
    *output = static_cast<int8_t>(__ssat(requantize(sum, requantization), 8));
    output += run.output_step;
  }
}

}  // namespace stapes::arm_dsp
#endif
