#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/channel_products.h"

#include <cstddef>

// In assembly because GCC 12 has no tail-predicated loops, and finds no registers for the sums of a
// block beside everything else that stays the same. r11 points at the struct; r9, r10 and r12 at
// the channel's output, image and filter; q3 to q7 hold zero point, minimum, maximum, offsets and
// taps.
namespace stapes::arm_mve {

#define STAPES_OFFSET(member, at) \
  static_assert(offsetof(ChannelProducts, member) == (at), "the assembly below reads it there")
STAPES_OFFSET(plane, 0);
STAPES_OFFSET(gathered, 24);
STAPES_OFFSET(filter, 40);
STAPES_OFFSET(image, 44);
STAPES_OFFSET(output, 48);
STAPES_OFFSET(high_filter, 52);
STAPES_OFFSET(tap_count, 52);
STAPES_OFFSET(bias, 56);
STAPES_OFFSET(multipliers, 64);
STAPES_OFFSET(input_offset, 68);
STAPES_OFFSET(blocks, 72);
STAPES_OFFSET(channels, 80);
STAPES_OFFSET(zero_point, 88);
STAPES_OFFSET(pixels, 168);
STAPES_OFFSET(low_filter, 184);
STAPES_OFFSET(high_filters, 200);
STAPES_OFFSET(mask, 216);
#undef STAPES_OFFSET
static_assert(sizeof(PixelBlock) == 20 && offsetof(PixelBlock, output) == 16, "");
static_assert(sizeof(reference::Multiplier) == 8, "");

// Runs of the image to the plane.
#define STAPES_READ_PLANE                 \
  "ldmia r11, {r1, r2, r3, r4, r5, r7}\n" \
  "vldrw.32 q0, [r11, #168]\n"            \
  "mov r8, r10\n"                         \
  "mov r0, r10\n"                         \
  "2:\n"                                  \
  "mov r6, r1\n"                          \
  "dlstp.16 lr, r3\n"                     \
  "3:\n"                                  \
  "vldrb.u16 q1, [r8, q0]\n"              \
  "add r8, r8, r5\n"                      \
  "vstrb.16 q1, [r6], #8\n"               \
  "letp lr, 3b\n"                         \
  "subs r2, r2, #1\n"                     \
  "beq 5f\n"                              \
  "add r0, r0, r4\n"                      \
  "mov r8, r0\n"                          \
  "add r1, r1, r7\n"                      \
  "b 2b\n"                                \
  "5:\n"
// Weights to q0, and zeros behind them.
#define STAPES_WEIGHTS_BY_TAP  \
  "vldrw.32 q0, [r11, #184]\n" \
  "ldr r0, [r11, #52]\n"       \
  "vldrb.u16 q1, [r12, q0]\n"  \
  "vldrw.32 q0, [r11, #200]\n" \
  "add r0, r0, r12\n"          \
  "vldrb.u16 q2, [r0, q0]\n"   \
  "add r7, r11, #24\n"         \
  "vstrb.16 q1, [r7]\n"        \
  "vstrb.16 q2, [r7, #8]\n"    \
  "vldrb.8 q0, [r7]\n"         \
  "vldrw.32 q1, [r11, #216]\n" \
  "vand q0, q0, q1\n"
#define STAPES_WEIGHTS_BY_CHANNEL \
  "ldr r0, [r11, #52]\n"          \
  "vctp.8 r0\n"                   \
  "vpst\n"                        \
  "vldrbt.u8 q0, [r12]\n"
// Bias + input_offset * the weights' sum to r1; the multiplier to r3, its shift to r8.
#define STAPES_READ_CHANNEL   \
  "ldrd r2, r4, [r11, #56]\n" \
  "ldrd r6, r7, [r11, #64]\n" \
  "vaddv.s8 r0, q0\n"         \
  "ldr r1, [r2]\n"            \
  "mla r1, r0, r7, r1\n"      \
  "add r2, r2, r4\n"          \
  "str r2, [r11, #56]\n"      \
  "ldrd r3, r8, [r6], #8\n"   \
  "str r6, [r11, #64]\n"
#define STAPES_DENSE(address) "[" address "]"
#define STAPES_APART(address) "[" address ", q7]"
// An address and the sum that is made from there share a register.
#define STAPES_SUM(LOAD, x, r) \
  "vldrb.u8 " x ", " LOAD(r) "\n"       \
  "vmladav.s8 " r ", " x ", q0\n"
#define STAPES_MULTIPLY_BLOCKS(LOAD) \
  "ldrd r5, r0, [r11, #72]\n"           \
  "dls lr, r0\n"                        \
  "4:\n"                                \
  "ldmia r5!, {r0, r2, r4, r6, r7}\n"   \
  STAPES_SUM(LOAD, "q1", "r0")          \
  STAPES_SUM(LOAD, "q2", "r2")          \
  STAPES_SUM(LOAD, "q1", "r4")          \
  STAPES_SUM(LOAD, "q2", "r6")          \
  "vmov q1[2], q1[0], r0, r4\n"         \
  "vmov q1[3], q1[1], r2, r6\n"         \
  "vadd.i32 q1, q1, r1\n"               \
  "vshr.s32 q2, q1, #31\n"              \
  "vqrdmlah.s32 q2, q1, r3\n"           \
  "vrshl.s32 q2, r8\n"                  \
  "add r7, r7, r9\n"                    \
  "vadd.i32 q2, q2, q3\n"               \
  "vmax.s32 q2, q2, q4\n"               \
  "vmin.s32 q2, q2, q5\n"               \
  "vstrb.32 q2, [r7, q6]\n"             \
  "le lr, 4b\n"
#define STAPES_NEXT_BY_TAP "add r12, r12, #1\n"
#define STAPES_NEXT_BY_CHANNEL \
  "ldr r0, [r11, #52]\n"       \
  "add r12, r12, r0\n"
#define STAPES_CHANNELS(name, LOAD, WEIGHTS, NEXT)                                             \
  __attribute__((naked, noinline)) void name(ChannelProducts*) {                               \
    __asm volatile(                                                                            \
        "push {r4-r11, lr}\n"                                                                  \
        "vpush {d8-d15}\n"                                                                     \
        "mov r11, r0\n"                                                                        \
        "ldrd r12, r10, [r11, #40]\n"                                                          \
        "ldr r9, [r11, #48]\n"                                                                 \
        "vldrw.32 q3, [r11, #88]\n"                                                            \
        "vldrw.32 q4, [r11, #104]\n"                                                           \
        "vldrw.32 q5, [r11, #120]\n"                                                           \
        "vldrw.32 q6, [r11, #136]\n"                                                           \
        "vldrw.32 q7, [r11, #152]\n"                                                           \
        "1:\n" STAPES_READ_PLANE WEIGHTS STAPES_READ_CHANNEL STAPES_MULTIPLY_BLOCKS(LOAD) NEXT \
        "ldr r0, [r11, #80]\n"                                                                 \
        "add r9, r9, #1\n"                                                                     \
        "add r10, r10, #1\n"                                                                   \
        "subs r0, r0, #1\n"                                                                    \
        "str r0, [r11, #80]\n"                                                                 \
        "bne 1b\n"                                                                             \
        "vpop {d8-d15}\n"                                                                      \
        "pop {r4-r11, pc}\n");                                                                 \
  }
STAPES_CHANNELS(multiply_dense_channels, STAPES_DENSE, STAPES_WEIGHTS_BY_TAP, STAPES_NEXT_BY_TAP)
STAPES_CHANNELS(multiply_channels, STAPES_APART, STAPES_WEIGHTS_BY_TAP, STAPES_NEXT_BY_TAP)
STAPES_CHANNELS(multiply_dense_channels_by_channel, STAPES_DENSE, STAPES_WEIGHTS_BY_CHANNEL,
                STAPES_NEXT_BY_CHANNEL)
STAPES_CHANNELS(multiply_channels_by_channel, STAPES_APART, STAPES_WEIGHTS_BY_CHANNEL,
                STAPES_NEXT_BY_CHANNEL)

}  // namespace stapes::arm_mve
#endif
