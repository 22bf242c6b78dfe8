#include "firmware/boards/common/instruction_counter.h"

namespace stapes::firmware {
namespace {

constexpr uint32_t kWrap = 1U << 24;

volatile uint32_t* system_timer(uint32_t offset) {
  return reinterpret_cast<volatile uint32_t*>(0xE000E010 + offset);
}

uint32_t last_count = 0;
uint64_t total_ticks = 0;

}  // namespace

void start_instruction_counter() {
  *system_timer(4) = kWrap - 1;  // reload value
  *system_timer(8) = 0;          // any write clears the counter
  *system_timer(0) = 5;          // processor clock, no interrupt, on
  last_count = kWrap - 1;
}

uint64_t instructions() {
  const uint32_t count = *system_timer(8);  // counts down
  total_ticks += (last_count - count) & (kWrap - 1);
  last_count = count;
  return total_ticks * (kInstructionsPerSecond / 1000000) / (kTimerHz / 1000000);
}

}  // namespace stapes::firmware
