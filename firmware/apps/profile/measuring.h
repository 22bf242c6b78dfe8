#pragma once
// What the apps that measure have in common.
#include "firmware/boards/common/instruction_counter.h"

namespace stapes::firmware {

// The counter is coarser than one reading, so many are taken together.
inline int64_t cost_of_reading() {
  constexpr int64_t kReadings = 4096;
  const uint64_t before = instructions();
  for (int64_t i = 0; i < kReadings; ++i) instructions();
  return static_cast<int64_t>(instructions() - before) / (kReadings + 1);
}

// What the counter says of a loop of 200,000 instructions: shows whether the timer runs at the rate
// that board.cmake states.
inline int64_t count_known_loop() {
  uint32_t left = 100000;
  const uint64_t before = instructions();
#if defined(__riscv)
  __asm volatile("1: addi %0, %0, -1\n bnez %0, 1b" : "+r"(left));
#else
  __asm volatile("1: subs %0, %0, #1\n bne 1b" : "+l"(left) : : "cc");
#endif
  return static_cast<int64_t>(instructions() - before);
}

inline int64_t without(int64_t cost, uint64_t before, uint64_t after) {
  const int64_t difference = static_cast<int64_t>(after - before) - cost;
  return difference > 0 ? difference : 0;
}

// The deepest use of the stack: memory below the caller's frame is painted, and later searched for
// where the paint begins to be gone.
constexpr size_t kPainted = 64 * 1024;
constexpr uint8_t kPaint = 0xA5;

__attribute__((noinline)) inline uint8_t* paint_stack() {
  auto* const top = static_cast<uint8_t*>(__builtin_frame_address(0));
  constexpr size_t kOwnFrame = 64;  // registers that this function has saved
  for (volatile uint8_t* at = top - kPainted; at != top - kOwnFrame; ++at) *at = kPaint;
  return top;
}

inline int64_t stack_used(const uint8_t* top) {
  const volatile uint8_t* at = top - kPainted;
  while (at != top && *at == kPaint) ++at;
  return top - at;
}

}  // namespace stapes::firmware
