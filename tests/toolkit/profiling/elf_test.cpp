#include "toolkit/profiling/elf.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>

#include "toolkit/base/error.h"

namespace stapes::profiling {
namespace {

constexpr char kNames[] = "\0.text\0.data\0.bss\0.comment";

// A program's headers: machine code, initialized data, cleared data, a comment, and the names.
Bytes small_program() {
  Elf32_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS32;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_shoff = sizeof(Elf32_Ehdr);
  header.e_shnum = 5;
  header.e_shstrndx = 4;
  Elf32_Shdr sections[5] = {};
  const auto set = [&](int i, Elf32_Word name, Elf32_Word type, Elf32_Word flags, Elf32_Word size) {
    sections[i].sh_name = name;
    sections[i].sh_type = type;
    sections[i].sh_flags = flags;
    sections[i].sh_size = size;
  };
  set(0, 1, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 1000);
  set(1, 7, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 24);
  set(2, 13, SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 5000);
  set(3, 18, SHT_PROGBITS, 0, 60);
  set(4, 0, SHT_STRTAB, 0, sizeof kNames);
  sections[4].sh_offset = sizeof header + sizeof sections;
  Bytes bytes(sizeof header + sizeof sections + sizeof kNames);
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(bytes.data() + sizeof header, sections, sizeof sections);
  std::memcpy(bytes.data() + sections[4].sh_offset, kNames, sizeof kNames);
  return bytes;
}

TEST(FlashSections, AreWhatIsLoadedAndHasContents) {
  const auto sections = flash_sections(small_program(), "small.elf");
  ASSERT_EQ(sections.size(), 2U);
  EXPECT_EQ(sections[0].name, ".text");
  EXPECT_EQ(sections[0].bytes, 1000);
  EXPECT_EQ(sections[1].name, ".data");
  EXPECT_EQ(sections[1].bytes, 24);
}

TEST(FlashSections, RefuseOtherAndCutFiles) {
  Bytes bytes = small_program();
  EXPECT_THROW((void)flash_sections({}, "empty.elf"), Error);
  EXPECT_THROW((void)flash_sections(Bytes(bytes.begin(), bytes.begin() + 100), "cut.elf"), Error);
  bytes[EI_CLASS] = ELFCLASS64;
  EXPECT_THROW((void)flash_sections(bytes, "host.elf"), Error);
}

}  // namespace
}  // namespace stapes::profiling
