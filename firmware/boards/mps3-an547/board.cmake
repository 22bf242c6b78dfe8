# Arm MPS3 with the AN547 image: Cortex-M55 with FPU and Helium. QEMU: -machine mps3-an547
set(STAPES_BOARD_FLAGS -mcpu=cortex-m55 -mthumb -mfloat-abi=hard)
# Rate of SysTick, which counts instructions under -icount (boards/common/instruction_counter.h).
set(STAPES_TIMER_HZ 32000000)
# Where memory ends that programs don't use, data and instruction memory (apps/kernel_test/memory_end.h).
set(STAPES_MEMORY_ENDS STAPES_FIRST_MEMORY_END=0x20080000 STAPES_SECOND_MEMORY_END=0x00080000)
