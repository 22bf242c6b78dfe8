#pragma once
#include <cstdint>

// Counts executed instructions in QEMU: with `-icount shift=0` one instruction takes one nanosecond
// of the machine's time, and the SysTick timer counts at the rate of the board's processor clock
// (STAPES_TIMER_HZ, from board.cmake): a tick of 25 MHz is 40 instructions, one of 32 MHz 31.25.
// On a real board the same timer counts processor cycles.
namespace stapes::firmware {

inline constexpr uint32_t kTimerHz = STAPES_TIMER_HZ;
inline constexpr uint32_t kInstructionsPerSecond = 1000000000;
static_assert(kTimerHz % 1000000 == 0 && kTimerHz <= kInstructionsPerSecond, "");
// Instructions of one tick, rounded up.
inline constexpr uint32_t kCounterGranularity = (kInstructionsPerSecond + kTimerHz - 1) / kTimerHz;
// The 24-bit timer has gone round after so many: instructions() is to be called before.
inline constexpr uint64_t kCounterWrap =
    (uint64_t{1} << 24) * (kInstructionsPerSecond / 1000000) / (kTimerHz / 1000000);

void start_instruction_counter();

// Instructions since the start, exact to kCounterGranularity.
uint64_t instructions();

}  // namespace stapes::firmware
