#pragma once
#include <arm_acle.h>

#include <cstdint>
#include <cstring>

// A word as two int16_t lanes: a complex number has its real part in the low one.
namespace stapes::arm_dsp {

inline int32_t load_lanes(const int16_t* values) {
  int32_t word;
  std::memcpy(&word, values, sizeof(word));
  return word;
}
inline void store_lanes(int16_t* values, int32_t word) { std::memcpy(values, &word, sizeof(word)); }

// The high halves of two words.
inline int32_t high_halves(int32_t low, int32_t high) {
  int32_t result;
  asm("pkhtb %0, %1, %2, asr #16" : "=r"(result) : "r"(high), "r"(low));
  return result;
}
// Bits 15 to 30 of two words, or 12 to 27.
inline int32_t bits_from_15(int32_t low, int32_t high) {
  int32_t result;
  asm("pkhbt %0, %1, %2, lsl #1" : "=r"(result) : "r"(low >> 15), "r"(high));
  return result;
}
inline int32_t bits_from_12(int32_t low, int32_t high) {
  int32_t result;
  asm("pkhbt %0, %1, %2, lsl #4" : "=r"(result) : "r"(low >> 12), "r"(high));
  return result;
}
// {low of a, high of b}.
inline int32_t low_and_high(int32_t a, int32_t b) {
  int32_t result;
  asm("pkhbt %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
  return result;
}

}  // namespace stapes::arm_dsp
