#pragma once
#include <cstddef>
#include <cstdint>

#include "firmware/apps/classify/wav.h"
#include "firmware/apps/common/app.h"
#include "firmware/boards/common/console.h"

// What the apps that hear a WAV file have in common.
namespace stapes::firmware {

constexpr size_t kSoundCapacity = 2048 * 1024;
constexpr int32_t kDefaultTailMs = 500;

inline int32_t number_from(const char* text) {
  int32_t value = 0;
  for (; *text >= '0' && *text <= '9' && value < 100000; ++text) value = value * 10 + (*text - '0');
  return value;
}

// The line that `stapes classify` prints for a detection.
inline void print_detection(int32_t class_index, const char* label, int32_t score,
                            int64_t time_ms) {
  print("Detected class=");
  print_number(class_index);
  print(" label=");
  print(label);
  print(" score=");
  print_number(score);
  print(" @");
  print_number(time_ms);
  print("ms\n");
}

// Reads a WAV file of `rate_hz` into `sound`, aligned to 2, and gives it to push(samples, count) in
// pieces of 10 ms, as a microphone would bring it, then `tail_ms` of silence. push() returns
// whether it could. Returns an app's exit code.
template <typename Push>
int listen(const char* name, int32_t rate_hz, int32_t tail_ms, uint8_t* sound, const Push& push) {
  const int32_t size = read_file(name, sound, kSoundCapacity);
  if (size <= 0) return fail(name, "cannot be read");
  if (static_cast<size_t>(size) == kSoundCapacity) return fail(name, "is too large");
  Wav wav;
  const char* const fault = parse_wav(sound, static_cast<size_t>(size), &wav);
  if (fault != nullptr) return fail(name, fault);
  if (wav.rate_hz != rate_hz) return fail(name, "is not at the model's sample rate");
  const int32_t piece = rate_hz / 100;
  for (int32_t done = 0; done < wav.count; done += piece) {
    const int32_t left = wav.count - done;
    if (!push(wav.samples + done, left < piece ? left : piece)) return 2;
  }
  constexpr int16_t kSilence[64] = {};
  const auto tail = static_cast<int32_t>(int64_t{tail_ms} * rate_hz / 1000);
  for (int32_t done = 0; done < tail; done += 64) {
    if (!push(kSilence, tail - done < 64 ? tail - done : 64)) return 2;
  }
  return 0;
}

}  // namespace stapes::firmware
