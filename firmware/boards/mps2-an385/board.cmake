# Arm MPS2 with the AN385 image. Its Cortex-M3 stands in for a Cortex-M0+, of which QEMU has no
# machine with enough memory: the code is compiled for Cortex-M0+ (no DSP instructions, no divider,
# no FPU), whose instructions a Cortex-M3 executes, and board.cpp makes unaligned accesses fault as
# they do there. QEMU: -machine mps2-an385
set(STAPES_BOARD_FLAGS -mcpu=cortex-m0plus -mthumb -masm-syntax-unified)
# Rate of SysTick, which counts instructions under -icount (boards/common/instruction_counter.h).
set(STAPES_TIMER_HZ 25000000)
