# Arm MPS2 with the AN386 image: Cortex-M4 with FPU. QEMU: -machine mps2-an386
set(STAPES_BOARD_FLAGS -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16)
# Rate of SysTick, which counts instructions under -icount (boards/common/instruction_counter.h).
set(STAPES_TIMER_HZ 25000000)
