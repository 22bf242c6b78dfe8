#include "firmware/boards/common/instruction_counter.h"

// minstret, the processor's own count of executed instructions, exact under -icount.
namespace stapes::firmware {
namespace {

uint64_t start = 0;

uint64_t executed() {
  uint32_t low = 0, high = 0, again = 0;
  do {
    __asm volatile(
        ".option push\n .option arch, +zicsr\n"
        "csrr %0, minstreth\n csrr %1, minstret\n csrr %2, minstreth\n"
        ".option pop"
        : "=r"(high), "=r"(low), "=r"(again));
  } while (high != again);
  return uint64_t{high} << 32 | low;
}

}  // namespace

void start_instruction_counter() { start = executed(); }

uint64_t instructions() { return executed() - start; }

}  // namespace stapes::firmware
