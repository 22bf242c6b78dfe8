#pragma once
#include <arm_acle.h>

#include <cstdint>
#include <cstring>

// Instructions of the DSP extension (Cortex-M4, M7, M33) that <arm_acle.h> has no function for, or
// that GCC 12 does not form from one. A word holds two int16_t lanes or four int8_t.
namespace stapes::arm_dsp {

// Four bytes from any address; an unaligned LDR is allowed on every core with the extension.
inline int32_t load_word(const int8_t* bytes) {
  int32_t word;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

// Up to three bytes, the rest 0; reads nothing behind them.
inline int32_t load_part(const int8_t* bytes, int32_t count) {
  uint32_t word = 0;
  for (int32_t i = 0; i < count; ++i) {
    word |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  }
  return static_cast<int32_t>(word);
}

// {bytes 0, 2} and {bytes 1, 3}, sign-extended.
inline int32_t even_bytes(int32_t word) { return __sxtb16(word); }
inline int32_t odd_bytes(int32_t word) {
  int32_t result;
  asm("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(word));
  return result;
}
// The same with `offset` {o, o} added to both lanes.
inline int32_t even_bytes_plus(int32_t offset, int32_t word) { return __sxtab16(offset, word); }
inline int32_t odd_bytes_plus(int32_t offset, int32_t word) {
  int32_t result;
  asm("sxtab16 %0, %1, %2, ror #8" : "=r"(result) : "r"(offset), "r"(word));
  return result;
}

// {value, value}.
inline int32_t both_lanes(int32_t value) {
  return static_cast<int32_t>((static_cast<uint32_t>(value) & 0xFFFFU) |
                              (static_cast<uint32_t>(value) << 16));
}

// (a * b + 2^31) >> 32.
inline int32_t multiply_high_rounded(int32_t a, int32_t b) {
  int32_t result;
  asm("smmulr %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
  return result;
}

}  // namespace stapes::arm_dsp
