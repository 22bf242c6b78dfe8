#pragma once

// Which vector instructions the kernels of this folder use, chosen when the program runs.
namespace stapes::x86 {

enum class Level {
  kPlain,       // the reference kernels
  kAvx2,        // 256 bits, products of int16_t
  kAvx512Vnni,  // 512 bits, products of int8_t (AVX-512 F, BW, DQ, VL and VNNI)
};

// Whether the processor, and the operating system, have what a level needs.
bool has(Level level);

// The fastest level that the processor has, or what the environment variable STAPES_INSTRUCTIONS
// (plain, avx2 or avx512) leaves of it. Looked up once.
Level level();

// The function to call of three that give the same bytes.
template <typename Function>
Function* at_level(Function* avx512, Function* avx2, Function* plain) {
  switch (level()) {
    case Level::kAvx512Vnni:
      return avx512;
    case Level::kAvx2:
      return avx2;
    case Level::kPlain:
      break;
  }
  return plain;
}

}  // namespace stapes::x86
