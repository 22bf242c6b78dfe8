# Arm MPS3 with the AN547 image: Cortex-M55 with FPU and Helium. QEMU: -machine mps3-an547
set(STAPES_BOARD_FLAGS -mcpu=cortex-m55 -mthumb -mfloat-abi=hard)
