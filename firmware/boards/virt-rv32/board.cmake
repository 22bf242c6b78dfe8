# A 32-bit RISC-V without FPU, as in many microcontrollers. QEMU: qemu-system-riscv32 -machine virt
set(STAPES_BOARD_FLAGS -march=rv32imac -mabi=ilp32 --specs=picolibc.specs)
# The processor counts its instructions itself.
set(STAPES_TIMER_HZ 1000000000)
set(STAPES_BOARD_REPLACES startup.cpp instruction_counter.cpp)
