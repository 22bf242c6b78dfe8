#include "toolkit/profiling/elf.h"

#include <elf.h>

#include <cstring>

#include "toolkit/base/error.h"

namespace stapes::profiling {
namespace {

template <typename T>
T read_at(const Bytes& bytes, size_t offset, const std::string& name) {
  if (offset > bytes.size() || sizeof(T) > bytes.size() - offset) {
    throw Error("cannot read the program", name, "it is cut off", "build the firmware anew");
  }
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

std::string text_at(const Bytes& bytes, size_t offset) {
  std::string text;
  while (offset < bytes.size() && bytes[offset] != 0) {
    text += static_cast<char>(bytes[offset++]);
  }
  return text;
}

}  // namespace

std::vector<FlashSection> flash_sections(const Bytes& elf, const std::string& name) {
  const auto header = read_at<Elf32_Ehdr>(elf, 0, name);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS32 ||
      header.e_ident[EI_DATA] != ELFDATA2LSB) {
    throw Error("cannot read the program", name, "it is no 32-bit little-endian ELF file",
                "build the firmware anew");
  }
  const auto section = [&](size_t index) {
    return read_at<Elf32_Shdr>(elf, header.e_shoff + index * sizeof(Elf32_Shdr), name);
  };
  const Elf32_Shdr names = section(header.e_shstrndx);
  std::vector<FlashSection> sections;
  for (size_t i = 0; i < header.e_shnum; ++i) {
    const Elf32_Shdr each = section(i);
    const bool is_loaded = (each.sh_flags & SHF_ALLOC) != 0 && each.sh_type != SHT_NOBITS;
    if (!is_loaded || each.sh_size == 0) continue;
    sections.push_back({text_at(elf, size_t{names.sh_offset} + each.sh_name), each.sh_size});
  }
  return sections;
}

}  // namespace stapes::profiling
