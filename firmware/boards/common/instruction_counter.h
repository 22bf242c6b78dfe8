#pragma once
#include <cstdint>

// Counts executed instructions in QEMU: with `-icount shift=0` one instruction takes one nanosecond
// of the machine's time, and the SysTick timer runs at 25 MHz, so a tick is 40 instructions. On a
// real board the same timer counts processor cycles.
namespace stapes::firmware {

inline constexpr uint32_t kInstructionsPerTick = 40;

void start_instruction_counter();

// Instructions since the start, exact to kInstructionsPerTick; to be called at least once in
// 671 million instructions, the time in which the 24-bit timer wraps.
uint64_t instructions();

}  // namespace stapes::firmware
