// Reset: sets stack, thread pointer and trap handler, copies initialized data, clears the rest,
// sets up the board, starts the instruction counter, and calls main. Any trap ends the program with
// exit code 3.
#include <cstdint>

#include "firmware/boards/common/console.h"
#include "firmware/boards/common/instruction_counter.h"

int main();

extern "C" {

// A board that has clocks to set up defines it.
__attribute__((weak)) void initialize_board();

extern uint32_t data_begin, data_end, data_source, bss_begin, bss_end, stack_end;

[[noreturn]] __attribute__((used)) void start() {
  const uint32_t* from = &data_source;
  for (uint32_t* to = &data_begin; to != &data_end; ++to) *to = *from++;
  for (uint32_t* to = &bss_begin; to != &bss_end; ++to) *to = 0;

  if (initialize_board != nullptr) initialize_board();
  stapes::firmware::start_instruction_counter();
  stapes::firmware::exit_program(main());
}

// Aligned to 4: the low bits of mtvec say that there is one handler for everything.
[[noreturn]] __attribute__((used, aligned(4))) void trap_handler() {
  stapes::firmware::print("error: the processor trapped\n");
  stapes::firmware::exit_program(3);
}

}  // extern "C"

// The first instructions, which sections.ld puts where execution begins.
__asm(R"(
  .section .vectors, "ax"
  .option push
  .option arch, +zicsr
  .globl reset_handler
reset_handler:
  la sp, stack_end
  la tp, thread_local_begin
  la t0, trap_handler
  csrw mtvec, t0
  j start
  .option pop
  .text
)");
