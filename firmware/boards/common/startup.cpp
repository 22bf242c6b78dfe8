// Reset: switches the floating-point (and vector) unit on where there is one, copies initialized
// data, clears the rest, sets up the board, starts the instruction counter, and calls main. Any
// fault ends the program with exit code 3.
#include <cstdint>

#include "firmware/boards/common/console.h"
#include "firmware/boards/common/instruction_counter.h"

int main();

extern "C" {

// A board that has clocks to set up defines it.
__attribute__((weak)) void initialize_board();

extern uint32_t data_begin, data_end, data_source, bss_begin, bss_end, stack_end;

[[noreturn]] void reset_handler() {
#if defined(__ARM_FP)
  // CPACR: full access to coprocessors 10 and 11, which are the floating-point and vector units.
  auto* const coprocessor_access = reinterpret_cast<volatile uint32_t*>(0xE000ED88);
  *coprocessor_access = *coprocessor_access | (0xFU << 20);
  __asm volatile("dsb\n isb" ::: "memory");
#endif

  const uint32_t* from = &data_source;
  for (uint32_t* to = &data_begin; to != &data_end; ++to) *to = *from++;
  for (uint32_t* to = &bss_begin; to != &bss_end; ++to) *to = 0;

  if (initialize_board != nullptr) initialize_board();
  stapes::firmware::start_instruction_counter();
  stapes::firmware::exit_program(main());
}

[[noreturn]] void fault_handler() {
  stapes::firmware::print("error: the processor faulted\n");
  stapes::firmware::exit_program(3);
}

using Handler = void (*)();

__attribute__((section(".vectors"), used))
const Handler vectors[16] = {reinterpret_cast<Handler>(&stack_end),
                             reset_handler,
                             fault_handler,
                             fault_handler,
                             fault_handler,
                             fault_handler,
                             fault_handler,
                             fault_handler,
                             nullptr,
                             nullptr,
                             nullptr,
                             fault_handler,
                             fault_handler,
                             nullptr,
                             fault_handler,
                             fault_handler};

}  // extern "C"
