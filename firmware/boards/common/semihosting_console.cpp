// console.h over Arm semihosting ("Semihosting for AArch32 and AArch64", Arm 2022): the operation's
// number in r0, its argument or argument block in r1, then BKPT 0xAB. RISC-V has the same
// operations
// ("RISC-V Semihosting", 2024): a0, a1, and EBREAK between two shifts that do nothing,
// uncompressed.
#include <cstring>

#include "firmware/boards/common/console.h"

namespace stapes::firmware {
namespace {

enum Operation : int32_t {
  kOpen = 0x01,
  kClose = 0x02,
  kWrite0 = 0x04,
  kRead = 0x06,
  kGetCommandLine = 0x15,
  kExitExtended = 0x20,
};

int32_t call(int32_t operation, const void* argument) {
#if defined(__riscv)
  register int32_t a0 __asm("a0") = operation;
  register const void* a1 __asm("a1") = argument;
  __asm volatile(
      ".option push\n .option norvc\n .balign 16\n"  // the three must not be parted by a page
      "slli x0, x0, 0x1f\n ebreak\n srai x0, x0, 7\n"
      ".option pop"
      : "+r"(a0)
      : "r"(a1)
      : "memory");
  return a0;
#else
  register int32_t r0 __asm("r0") = operation;
  register const void* r1 __asm("r1") = argument;
  __asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
#endif
}

uintptr_t address(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

}  // namespace

void print(const char* text) { call(kWrite0, text); }

void print_number(int64_t value) {
  char digits[24];
  char* at = digits + sizeof(digits) - 1;
  *at = '\0';
  uint64_t magnitude = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  do {
    *--at = static_cast<char>('0' + magnitude % 10);
    magnitude /= 10;
  } while (magnitude != 0);
  if (value < 0) *--at = '-';
  print(at);
}

void print_hex(uint32_t value) {
  char digits[9] = {};
  for (int i = 7; i >= 0; --i) {
    digits[i] = "0123456789abcdef"[value & 15];
    value >>= 4;
  }
  print(digits);
}

int32_t read_file(const char* name, void* buffer, size_t capacity) {
  constexpr uintptr_t kReadBinary = 1;
  const uintptr_t open[3] = {address(name), kReadBinary, std::strlen(name)};
  const int32_t handle = call(kOpen, open);
  if (handle < 0) return -1;
  const uintptr_t read[3] = {static_cast<uintptr_t>(handle), address(buffer), capacity};
  const int32_t missing = call(kRead, read);  // bytes of the buffer that were not filled
  const uintptr_t close[1] = {static_cast<uintptr_t>(handle)};
  call(kClose, close);
  return static_cast<int32_t>(capacity) - missing;
}

size_t command_line(char* buffer, size_t capacity) {
  uintptr_t block[2] = {address(buffer), capacity};
  if (call(kGetCommandLine, block) != 0) return 0;
  return block[1];
}

void exit_program(int code) {
  constexpr uintptr_t kApplicationExit = 0x20026;
  const uintptr_t block[2] = {kApplicationExit, static_cast<uintptr_t>(code)};
  for (;;) call(kExitExtended, block);
}

}  // namespace stapes::firmware
