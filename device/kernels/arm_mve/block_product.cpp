#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/block_product.h"

#include <cstddef>

// Written in assembly because VMLADAVA adds to even-numbered registers only: eight sums, four
// pixels times two channels, take all of them that there are, and GCC 12 spills when asked for
// eight. Each pair of vector loads then serves 8/3 VMLADAVA.
//
// Up to three vectors of weights per channel stay in vector registers over all pixels ("resident"),
// more are read for every block ("streaming").
//
// The two requantizations work on four pixels of one channel, so that multiplier and shift are
// scalars; requantization.h shows why they are exact.
//
// Narrowing saturates to int16_t, then the zero point is added, saturating, and then to int8_t: the
// same as adding first and clamping once.
namespace stapes::arm_mve {
namespace {

#define STAPES_OFFSET(member, at) \
  static_assert(offsetof(BlockProduct, member) == 32 + (at), "the assembly below reads it there")
STAPES_OFFSET(multiplier, 0);
STAPES_OFFSET(output_offset, 16);
STAPES_OFFSET(output_step, 20);
STAPES_OFFSET(next, 24);
STAPES_OFFSET(end, 28);
STAPES_OFFSET(rounds, 32);
STAPES_OFFSET(offsets, 36);
STAPES_OFFSET(next_output, 52);
STAPES_OFFSET(minimum, 56);
STAPES_OFFSET(maximum, 72);
STAPES_OFFSET(filter, 88);
STAPES_OFFSET(depth, 92);
STAPES_OFFSET(bias, 96);
STAPES_OFFSET(bias_step, 100);
STAPES_OFFSET(multipliers, 104);
STAPES_OFFSET(input_offset, 108);
STAPES_OFFSET(pairs, 112);
STAPES_OFFSET(output, 116);
STAPES_OFFSET(threes, 120);
STAPES_OFFSET(fours, 132);
STAPES_OFFSET(fours_output, 144);
STAPES_OFFSET(sums, 152);
STAPES_OFFSET(weights, 184);
#undef STAPES_OFFSET
static_assert(sizeof(reference::Multiplier) == 8 && offsetof(reference::Multiplier, shift) == 4,
              "");

// r9, and a word of the stack, point at `multiplier`.
#define STAPES_ENTER        \
  "add r0, r0, #32\n"       \
  "push {r0, r4-r11, lr}\n" \
  "vpush {d8-d15}\n"        \
  "mov r9, r0\n"
#define STAPES_LEAVE \
  "vpop {d8-d15}\n"  \
  "pop {r0, r4-r11, pc}\n"

#define STAPES_START_SUMS(base) "ldmdb " base ", {r0, r2, r4, r6, r8, r10, r12, lr}\n"
// The sums of the first channel to q6, of the second to q7.
#define STAPES_COLLECT_SUMS      \
  "vmov q6[2], q6[0], r0, r4\n"  \
  "vmov q6[3], q6[1], r2, r6\n"  \
  "vmov q7[2], q7[0], r8, r12\n" \
  "vmov q7[3], q7[1], r10, lr\n"
// q6 and q7 to eight bytes, in the lower halves of q5; r10 becomes the output.
#define STAPES_REQUANTIZE                 \
  "ldmia r9, {r0, r2, r4, r6, r8, r10}\n" \
  "vshr.s32 q5, q6, #31\n"                \
  "vqrdmlah.s32 q5, q6, r0\n"             \
  "vshr.s32 q6, q7, #31\n"                \
  "vqrdmlah.s32 q6, q7, r4\n"             \
  "vrshl.s32 q5, r2\n"                    \
  "vrshl.s32 q6, r6\n"                    \
  "vldrh.16 q7, [r9, #36]\n"              \
  "vqmovnb.s32 q5, q5\n"                  \
  "vqmovnt.s32 q5, q6\n"                  \
  "vqadd.s16 q5, q5, r8\n"                \
  "vqmovnb.s16 q5, q5\n"
#define STAPES_CLAMP        \
  "vldrb.8 q6, [r9, #56]\n" \
  "vmax.s8 q5, q5, q6\n"    \
  "vldrb.8 q6, [r9, #72]\n" \
  "vmin.s8 q5, q5, q6\n"
#define STAPES_NO_CLAMP

// One vector of a pixel's column, in q<x>, with the weights of both channels.
#define STAPES_MULTIPLY(x, weights_a, weights_b, sum_a, sum_b) \
  "vmladava.s8 " sum_a ", " x ", " weights_a                   \
  "\n"                                                         \
  "vmladava.s8 " sum_b ", " x ", " weights_b "\n"
#define STAPES_RESIDENT_1(pixel, sum_a, sum_b) \
  "vldrb.8 q6, [" pixel "]\n" STAPES_MULTIPLY("q6", "q0", "q1", sum_a, sum_b)
#define STAPES_RESIDENT_2(pixel, sum_a, sum_b) \
  STAPES_RESIDENT_1(pixel, sum_a, sum_b)       \
  "vldrb.8 q7, [" pixel ", #16]\n" STAPES_MULTIPLY("q7", "q2", "q3", sum_a, sum_b)
#define STAPES_RESIDENT_3(pixel, sum_a, sum_b) \
  STAPES_RESIDENT_2(pixel, sum_a, sum_b)       \
  "vldrb.8 q6, [" pixel ", #32]\n" STAPES_MULTIPLY("q6", "q4", "q5", sum_a, sum_b)

// A pair of channels. Rows of weights: r1, r3, their sums: r0, r4.
#define STAPES_START_PAIR    \
  "ldrd r1, r2, [r9, #88]\n" \
  "add r3, r1, r2\n"         \
  "add r4, r3, r2\n"         \
  "str r4, [r9, #88]\n"
// Bias and offset times the sums of weights, to `initial`; multipliers to `multiplier`.
#define STAPES_START_CHANNELS     \
  "ldr r6, [r9, #108]\n"          \
  "ldrd r2, r7, [r9, #96]\n"      \
  "ldrd r8, r10, [r2]\n"          \
  "mla r0, r0, r6, r8\n"          \
  "mla r4, r4, r6, r10\n"         \
  "add r2, r2, r7\n"              \
  "str r2, [r9, #96]\n"           \
  "vdup.32 q6, r0\n"              \
  "vstrw.32 q6, [r9, #-32]\n"     \
  "vdup.32 q7, r4\n"              \
  "vstrw.32 q7, [r9, #-16]\n"     \
  "ldr r4, [r9, #104]\n"          \
  "ldmia r4!, {r0, r2, r6, r8}\n" \
  "str r4, [r9, #104]\n"          \
  "stmia r9, {r0, r2, r6, r8}\n"
#define STAPES_END_PAIR       \
  "ldrd r2, r0, [r9, #112]\n" \
  "add r0, r0, #2\n"          \
  "subs r2, r2, #1\n"         \
  "strd r2, r0, [r9, #112]\n" \
  "bne 9b\n"
// A loop over blocks of three pixels, if there are any, then one over blocks of four. START gets
// the places of the first block, of the last one's end, and of the output, in r5, r11 and r7.
#define STAPES_ALL_BLOCKS(START, THREE, FOUR) \
  "ldrd r5, r11, [r9, #120]\n"                \
  "ldr r10, [r9, #128]\n"                     \
  "cmp r5, r11\n"                             \
  "beq 5f\n"                                  \
  "ldr r7, [r9, #116]\n"                      \
  "str r10, [r9, #20]\n" START "4:\n" THREE   \
  "bne 4b\n"                                  \
  "5:\n"                                      \
  "ldrd r5, r11, [r9, #132]\n"                \
  "ldrd r10, r6, [r9, #140]\n"                \
  "ldr r7, [r9, #116]\n"                      \
  "add r7, r7, r6\n"                          \
  "str r10, [r9, #20]\n" START "6:\n" FOUR "bne 6b\n"

#define STAPES_TAIL(count) \
  "sub r2, r2, #" count    \
  "\n"                     \
  "vctp.8 r2\n"            \
  "vpstt\n"
#define STAPES_WEIGHTS_1 \
  STAPES_TAIL("0")       \
  "vldrbt.u8 q0, [r1]\n" \
  "vldrbt.u8 q1, [r3]\n" \
  "vaddv.s8 r0, q0\n"    \
  "vaddv.s8 r4, q1\n"
#define STAPES_WHOLE_WEIGHTS \
  "vldrb.8 q0, [r1]\n"       \
  "vldrb.8 q1, [r3]\n"       \
  "vaddv.s8 r0, q0\n"        \
  "vaddv.s8 r4, q1\n"
#define STAPES_WEIGHTS_2      \
  STAPES_WHOLE_WEIGHTS        \
  STAPES_TAIL("16")           \
  "vldrbt.u8 q2, [r1, #16]\n" \
  "vldrbt.u8 q3, [r3, #16]\n" \
  "vaddva.s8 r0, q2\n"        \
  "vaddva.s8 r4, q3\n"
// The last vector is read again for every block, because requantizing needs a third register.
#define STAPES_WEIGHTS_3 \
  STAPES_WHOLE_WEIGHTS   \
  "vldrb.8 q2, [r1, #16]\n"     \
  "vldrb.8 q3, [r3, #16]\n"     \
  "vaddva.s8 r0, q2\n"          \
  "vaddva.s8 r4, q3\n"          \
  STAPES_TAIL("32")             \
  "vldrbt.u8 q4, [r1, #32]\n"   \
  "vldrbt.u8 q5, [r3, #32]\n"   \
  "vaddva.s8 r0, q4\n"          \
  "vaddva.s8 r4, q5\n"          \
  "vstrw.32 q5, [r9, #184]\n"
#define STAPES_NO_MORE
#define STAPES_LAST_OF_3 "vldrw.32 q5, [r9, #184]\n"

// r5: next columns, r11: their end, r7: output.
#define STAPES_RESIDENT_START
#define STAPES_RESIDENT_FINISH(CLAMP)         \
  STAPES_COLLECT_SUMS STAPES_REQUANTIZE CLAMP \
      "vstrb.16 q5, [r7, q7]\n"               \
      "add r7, r7, r10\n"                     \
      "cmp r5, r11\n"
#define STAPES_RESIDENT_THREE(LAST, MULTIPLY_PIXEL, CLAMP)                     \
  LAST STAPES_START_SUMS("r9") "ldmia r5!, {r1, r3}\n" MULTIPLY_PIXEL(         \
      "r1", "r0", "r8") "ldr r1, [r5], #4\n" MULTIPLY_PIXEL("r3", "r2", "r10") \
      MULTIPLY_PIXEL("r1", "r4", "r12") STAPES_RESIDENT_FINISH(CLAMP)
#define STAPES_RESIDENT_FOUR(LAST, MULTIPLY_PIXEL, CLAMP)                                         \
  LAST STAPES_START_SUMS("r9") "ldmia r5!, {r1, r3}\n" MULTIPLY_PIXEL("r1", "r0", "r8")           \
      MULTIPLY_PIXEL("r3", "r2", "r10") "ldmia r5!, {r1, r3}\n" MULTIPLY_PIXEL("r1", "r4", "r12") \
          MULTIPLY_PIXEL("r3", "r6", "lr") STAPES_RESIDENT_FINISH(CLAMP)
#define STAPES_RESIDENT(name, WEIGHTS, LAST, MULTIPLY_PIXEL, CLAMP)                            \
  __attribute__((naked, noinline)) void name(BlockProduct*) {                                  \
    __asm volatile(                                                                            \
        STAPES_ENTER "9:\n" STAPES_START_PAIR WEIGHTS STAPES_START_CHANNELS STAPES_ALL_BLOCKS( \
            STAPES_RESIDENT_START, STAPES_RESIDENT_THREE(LAST, MULTIPLY_PIXEL, CLAMP),         \
            STAPES_RESIDENT_FOUR(LAST, MULTIPLY_PIXEL, CLAMP)) STAPES_END_PAIR STAPES_LEAVE);  \
  }
STAPES_RESIDENT(resident_1, STAPES_WEIGHTS_1, STAPES_NO_MORE, STAPES_RESIDENT_1, STAPES_NO_CLAMP)
STAPES_RESIDENT(resident_1_narrowed, STAPES_WEIGHTS_1, STAPES_NO_MORE, STAPES_RESIDENT_1,
                STAPES_CLAMP)
STAPES_RESIDENT(resident_2, STAPES_WEIGHTS_2, STAPES_NO_MORE, STAPES_RESIDENT_2, STAPES_NO_CLAMP)
STAPES_RESIDENT(resident_2_narrowed, STAPES_WEIGHTS_2, STAPES_NO_MORE, STAPES_RESIDENT_2,
                STAPES_CLAMP)
STAPES_RESIDENT(resident_3, STAPES_WEIGHTS_3, STAPES_LAST_OF_3, STAPES_RESIDENT_3, STAPES_NO_CLAMP)
STAPES_RESIDENT(resident_3_narrowed, STAPES_WEIGHTS_3, STAPES_LAST_OF_3, STAPES_RESIDENT_3,
                STAPES_CLAMP)

// One vector of the columns at r1, r3, r5, r7 and of the weights at r9.
#define STAPES_STREAM_THREE                                                                      \
  "vldrb.8 q0, [r9], #16\n"                                                                      \
  "vldrb.8 q2, [r1], #16\n"                                                                      \
  "vmladava.s8 r0, q2, q0\n"                                                                     \
  "vldrb.8 q1, [r9], #16\n"                                                                      \
  "vmladava.s8 r8, q2, q1\n"                                                                     \
  "vldrb.8 q3, [r3], #16\n" STAPES_MULTIPLY(                                                     \
      "q3", "q0", "q1", "r2", "r10") "vldrb.8 q4, [r5], #16\n" STAPES_MULTIPLY("q4", "q0", "q1", \
                                                                               "r4", "r12")
#define STAPES_STREAM_FOUR \
  STAPES_STREAM_THREE      \
  "vldrb.8 q5, [r7], #16\n" STAPES_MULTIPLY("q5", "q0", "q1", "r6", "lr")
#define STAPES_ONCE(VECTOR) VECTOR
#define STAPES_TWICE(VECTOR) VECTOR VECTOR
#define STAPES_FOUR_TIMES(VECTOR) VECTOR VECTOR VECTOR VECTOR

#define STAPES_STREAM_SUMS(VECTORS, columns, bytes) \
  "ldr r11, [sp, #64]\n"                            \
  STAPES_START_SUMS("r11")                          \
  "ldr r9, [r11, #24]\n"                            \
  "ldmia r9, {" columns "}\n"                       \
  "add r9, r9, #" bytes "\n"                        \
  "str r9, [r11, #24]\n"                            \
  "add r9, r11, #184\n"                             \
  "ldr r11, [r11, #32]\n"                           \
  "2:\n" VECTORS                                    \
  "subs r11, r11, #1\n"                             \
  "bne 2b\n"                                        \
  "ldr r9, [sp, #64]\n" STAPES_COLLECT_SUMS
#define STAPES_STREAM_SUMS_OF_THREE(TIMES) \
  STAPES_STREAM_SUMS(TIMES(STAPES_STREAM_THREE), "r1, r3, r5", "12")
#define STAPES_STREAM_SUMS_OF_FOUR(TIMES) \
  STAPES_STREAM_SUMS(TIMES(STAPES_STREAM_FOUR), "r1, r3, r5, r7", "16")
#define STAPES_STREAM_START   \
  "strd r5, r11, [r9, #24]\n" \
  "str r7, [r9, #52]\n"
#define STAPES_STREAM_FINISH(CLAMP) \
  STAPES_REQUANTIZE CLAMP           \
      "ldr r7, [r9, #52]\n"         \
      "ldrd r1, r3, [r9, #24]\n"    \
      "vstrb.16 q5, [r7, q7]\n"     \
      "add r7, r7, r10\n"           \
      "str r7, [r9, #52]\n"         \
      "cmp r1, r3\n"

// Both channels' weights, side by side, to `weights`. The predicated stores leave the bytes behind
// the last weights as they are.
#define STAPES_PACK         \
  "add r5, r9, #184\n"      \
  "mov r0, #0\n"            \
  "mov r4, #0\n"            \
  "dlstp.8 lr, r2\n"        \
  "3:\n"                    \
  "vldrb.8 q0, [r1], #16\n" \
  "vldrb.8 q1, [r3], #16\n" \
  "vstrb.8 q0, [r5], #16\n" \
  "vstrb.8 q1, [r5], #16\n" \
  "vaddva.s8 r0, q0\n"      \
  "vaddva.s8 r4, q1\n"      \
  "letp lr, 3b\n"

#define STAPES_STREAMING(name, TIMES, CLAMP)                                                       \
  __attribute__((naked, noinline)) void name(BlockProduct*) {                                      \
    __asm volatile(                                                                                \
        STAPES_ENTER "9:\n" STAPES_START_PAIR STAPES_PACK STAPES_START_CHANNELS STAPES_ALL_BLOCKS( \
            STAPES_STREAM_START, STAPES_STREAM_SUMS_OF_THREE(TIMES) STAPES_STREAM_FINISH(CLAMP),   \
            STAPES_STREAM_SUMS_OF_FOUR(TIMES) STAPES_STREAM_FINISH(CLAMP))                         \
            STAPES_END_PAIR STAPES_LEAVE);                                                         \
  }
STAPES_STREAMING(streaming_1, STAPES_ONCE, STAPES_NO_CLAMP)
STAPES_STREAMING(streaming_2, STAPES_TWICE, STAPES_NO_CLAMP)
STAPES_STREAMING(streaming_4, STAPES_FOUR_TIMES, STAPES_NO_CLAMP)
STAPES_STREAMING(streaming_1_narrowed, STAPES_ONCE, STAPES_CLAMP)
STAPES_STREAMING(streaming_2_narrowed, STAPES_TWICE, STAPES_CLAMP)
STAPES_STREAMING(streaming_4_narrowed, STAPES_FOUR_TIMES, STAPES_CLAMP)

}  // namespace

__attribute__((naked, noinline)) void sum_block(BlockProduct*) {
  __asm volatile(STAPES_ENTER STAPES_STREAM_SUMS_OF_FOUR(
      STAPES_ONCE) "vstrw.32 q6, [r9, #152]\n"
                   "vstrw.32 q7, [r9, #168]\n" STAPES_LEAVE);
}

int32_t vectors_per_round(int32_t vectors) {
  if (vectors <= 3) return vectors;
  return vectors % 4 == 0 ? 4 : vectors % 2 == 0 ? 2 : 1;
}

MultiplyBlocks* multiply_blocks(int32_t vectors, bool is_narrowed) {
  switch (vectors) {
    case 1:
      return is_narrowed ? resident_1_narrowed : resident_1;
    case 2:
      return is_narrowed ? resident_2_narrowed : resident_2;
    case 3:
      return is_narrowed ? resident_3_narrowed : resident_3;
    default:
      break;
  }
  switch (vectors_per_round(vectors)) {
    case 4:
      return is_narrowed ? streaming_4_narrowed : streaming_4;
    case 2:
      return is_narrowed ? streaming_2_narrowed : streaming_2;
    default:
      return is_narrowed ? streaming_1_narrowed : streaming_1;
  }
}

}  // namespace stapes::arm_mve
#endif
