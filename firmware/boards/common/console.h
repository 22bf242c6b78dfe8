#pragma once
#include <cstddef>
#include <cstdint>

// What an app needs of a board. On QEMU it goes through Arm semihosting; a real board puts a UART
// behind print() and its own storage behind read_file().
namespace stapes::firmware {

void print(const char* text);
void print_number(int64_t value);
void print_hex(uint32_t value);

// Reads up to `capacity` bytes of a file on the host; returns how many, or -1.
int32_t read_file(const char* name, void* buffer, size_t capacity);

// The words after the program's name on QEMU's command line (-append); returns the length.
size_t command_line(char* buffer, size_t capacity);

[[noreturn]] void exit_program(int code);

}  // namespace stapes::firmware
