# Arm MPS3 with the AN547 image: Cortex-M55 with FPU and Helium. QEMU: -machine mps3-an547
set(STAPES_BOARD_FLAGS -mcpu=cortex-m55 -mthumb -mfloat-abi=hard)
# Rate of SysTick, which counts instructions under -icount (boards/common/instruction_counter.h).
set(STAPES_TIMER_HZ 32000000)
