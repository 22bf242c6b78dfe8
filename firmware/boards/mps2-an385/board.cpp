#include <cstdint>

// CCR.UNALIGN_TRP: an unaligned word or half word faults, as on every Cortex-M0+.
extern "C" void initialize_board() {
  auto* const configuration = reinterpret_cast<volatile uint32_t*>(0xE000ED14);
  *configuration = *configuration | (1U << 3);
}
