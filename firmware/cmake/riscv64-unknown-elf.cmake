# Debian's gcc-riscv64-unknown-elf with picolibc. It has no C++ library: the headers are those of the
# Arm compiler's libstdc++, the same release of GCC; the device code uses nothing of them that would
# have to be linked.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_CXX_COMPILER riscv64-unknown-elf-g++)
set(CMAKE_ASM_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
file(GLOB headers /usr/lib/arm-none-eabi/include/c++/12.*)
if(NOT headers)
  message(FATAL_ERROR "libstdc++-arm-none-eabi-newlib is missing: scripts/install_packages firmware")
endif()
set(CMAKE_CXX_FLAGS_INIT "-isystem ${headers} -isystem ${headers}/arm-none-eabi")
set(CMAKE_CXX_STANDARD_LIBRARIES "-nodefaultlibs -lc -lgcc")  # without -lstdc++
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
