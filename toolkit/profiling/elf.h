#pragma once
#include <string>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/profiling/profile.h"

namespace stapes::profiling {

// The sections of a 32-bit little-endian ELF program that take flash: everything that is loaded and
// has contents, so machine code, constants and the initial values of data. Throws Error naming
// `name` when the bytes are no such program or are cut off.
std::vector<FlashSection> flash_sections(const Bytes& elf, const std::string& name);

}  // namespace stapes::profiling
