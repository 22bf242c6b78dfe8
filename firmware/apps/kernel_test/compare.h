#pragma once
#include <cstring>

#include "device/kernels/kernels.h"
#include "firmware/apps/kernel_test/memory_end.h"
#include "firmware/boards/common/console.h"

// Random and extreme numbers, and the comparison of a fast kernel with the reference.
namespace stapes::firmware {

inline constexpr int32_t kCapacity = 24 * 1024;
inline constexpr int32_t kOutputCapacity = 48 * 1024;
inline constexpr int32_t kChannels = 128;
inline constexpr int32_t kGuard = 16;
inline constexpr int8_t kGuardByte = 0x5A;

inline int8_t input_bytes[kCapacity];
inline int8_t weight_bytes[kCapacity];
inline int8_t expected_bytes[kOutputCapacity];
inline int8_t actual_bytes[kOutputCapacity];
inline int32_t bias_words[4 * kChannels];
inline reference::Multiplier multipliers[kChannels];

inline uint32_t state = 1;
inline uint32_t random_word() {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}
// In [low, high].
inline int32_t random_between(int32_t low, int32_t high) {
  return low + static_cast<int32_t>(random_word() % static_cast<uint32_t>(high - low + 1));
}
inline bool chance(uint32_t one_in) { return random_word() % one_in == 0; }

// Random bytes, or the extremes of the type in every place or at random.
inline void fill(int8_t* bytes, int32_t count) {
  const int32_t kind = random_between(0, 5);
  for (int32_t i = 0; i < count; ++i) {
    const auto random = static_cast<int8_t>(random_word() >> 24);
    bytes[i] = kind == 0   ? int8_t{INT8_MIN}
               : kind == 1 ? int8_t{INT8_MAX}
               : kind == 2 ? (random < 0 ? int8_t{INT8_MIN} : int8_t{INT8_MAX})
                           : random;
  }
}
inline int32_t random_zero_point() {
  return chance(3) ? INT8_MIN : chance(3) ? INT8_MAX : random_between(INT8_MIN, INT8_MAX);
}
inline int32_t random_bias() {
  return chance(30) ? static_cast<int32_t>(random_word()) : random_between(-20000, 20000);
}
// Mostly of a size that spreads the outputs; sometimes any that quantize_multiplier() gives.
inline reference::Multiplier random_multiplier(bool any) {
  reference::Multiplier multiplier;
  multiplier.value = static_cast<int32_t>((1U << 30) | (random_word() >> 2));
  if (chance(10)) multiplier.value = 1 << 30;
  multiplier.shift = any ? random_between(-31, 8) : random_between(-12, -5);
  if (any && chance(8)) multiplier = {};
  return multiplier;
}

inline int64_t different = 0;
inline int64_t cases = 0;
inline int64_t bytes_compared = 0;

// Runs both kernels, each into a buffer between guards, and compares.
template <typename Reference, typename Fast>
inline void compare(const char* kernel, int32_t output_size, const Reference& reference,
                    const Fast& fast) {
  const int32_t shift = random_between(0, 3);  // of the outputs' address
  std::memset(expected_bytes, kGuardByte, static_cast<size_t>(output_size + 2 * kGuard));
  std::memset(actual_bytes, kGuardByte, static_cast<size_t>(output_size + 2 * kGuard));
  reference(expected_bytes + kGuard - shift);
  fast(actual_bytes + kGuard - shift);
  ++cases;
  bytes_compared += output_size;
  for (int32_t i = 0; i < output_size + 2 * kGuard; ++i) {
    if (expected_bytes[i] == actual_bytes[i]) continue;
    if (++different <= 10) {
      print("different: ");
      print(kernel);
      print(" case ");
      print_number(cases);
      print(" byte ");
      print_number(i - kGuard + shift);
      print(" is ");
      print_number(actual_bytes[i]);
      print(" instead of ");
      print_number(expected_bytes[i]);
      print("\n");
    }
    return;
  }
}

}  // namespace stapes::firmware
