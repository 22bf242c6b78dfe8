#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/dot_product.h"

#include "device/kernels/reference/fixed_point.h"

// In assembly because GCC 12 makes no tail-predicated loops (DLSTP, LETP), whose loads and sums
// leave out what is behind the last element.
namespace stapes::arm_mve {

__attribute__((naked, noinline)) int32x4_t four_dot_products(const int32_t*, const int8_t*,
                                                             const int8_t*, int32_t) {
  __asm volatile(
      "push {r4-r8, lr}\n"
      "mov r8, r1\n"
      "mov r12, r3\n"
      "mov r1, r2\n"
      "add r3, r1, r12\n"
      "add r5, r3, r12\n"
      "add r7, r5, r12\n"
      "ldmia r0, {r0, r2, r4, r6}\n"
      "dlstp.8 lr, r12\n"
      "1:\n"
      "vldrb.8 q0, [r8], #16\n"
      "vldrb.8 q1, [r1], #16\n"
      "vmladava.s8 r0, q0, q1\n"
      "vldrb.8 q2, [r3], #16\n"
      "vmladava.s8 r2, q0, q2\n"
      "vldrb.8 q3, [r5], #16\n"
      "vmladava.s8 r4, q0, q3\n"
      "vldrb.8 q1, [r7], #16\n"
      "vmladava.s8 r6, q0, q1\n"
      "letp lr, 1b\n"
      "vmov q0[2], q0[0], r0, r4\n"
      "vmov q0[3], q0[1], r2, r6\n"
      "pop {r4-r8, pc}\n");
}

__attribute__((naked, noinline)) int32_t dot_product(int32_t, const int8_t*, const int8_t*,
                                                     int32_t) {
  __asm volatile(
      "push {r7, lr}\n"
      "dlstp.8 lr, r3\n"
      "1:\n"
      "vldrb.8 q0, [r1], #16\n"
      "vldrb.8 q1, [r2], #16\n"
      "vmladava.s8 r0, q0, q1\n"
      "letp lr, 1b\n"
      "pop {r7, pc}\n");
}

__attribute__((naked, noinline)) int32_t sum_of(const int8_t*, int32_t) {
  __asm volatile(
      "push {r7, lr}\n"
      "mov r2, r0\n"
      "mov r0, #0\n"
      "dlstp.8 lr, r1\n"
      "1:\n"
      "vldrb.8 q0, [r2], #16\n"
      "vaddva.s8 r0, q0\n"
      "letp lr, 1b\n"
      "pop {r7, pc}\n");
}

void initial_sums(const int8_t* rows, int32_t row_count, int32_t count, int32_t offset,
                  const int32_t* bias, int32_t* initial) {
  for (int32_t row = 0; row < row_count; ++row) {
    const int32_t sum = offset == 0 ? 0 : offset * sum_of(rows + row * count, count);
    initial[row] = bias == nullptr ? sum : reference::wrapping_add(sum, bias[row]);
  }
}

}  // namespace stapes::arm_mve
#endif
