#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

// A WAV file in memory: 16-bit mono PCM (Microsoft and IBM, "Multimedia Programming Interface and
// Data Specifications 1.0", 1991).
namespace stapes::firmware {

struct Wav {
  const int16_t* samples = nullptr;  // in the file
  int32_t count = 0;
  int32_t rate_hz = 0;
};

template <typename T>
T wav_field(const uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

// Null, or what is wrong. REQUIRES: `bytes` aligned to 2.
inline const char* parse_wav(const uint8_t* bytes, size_t size, Wav* wav) {
  if (size < 12 || std::memcmp(bytes, "RIFF", 4) != 0 || std::memcmp(bytes + 8, "WAVE", 4) != 0) {
    return "is no WAV file";
  }
  bool has_format = false;
  for (size_t at = 12; size - at >= 8;) {
    const auto length = wav_field<uint32_t>(bytes + at + 4);
    const uint8_t* const content = bytes + at + 8;
    if (length > size - at - 8) return "is cut off";
    if (std::memcmp(bytes + at, "fmt ", 4) == 0 && length >= 16) {
      constexpr uint16_t kPcm = 1;
      const bool fits = wav_field<uint16_t>(content) == kPcm &&
                        wav_field<uint16_t>(content + 2) == 1 &&
                        wav_field<uint16_t>(content + 14) == 16;
      if (!fits) return "is not 16-bit mono PCM";
      wav->rate_hz = wav_field<int32_t>(content + 4);
      has_format = true;
    } else if (std::memcmp(bytes + at, "data", 4) == 0) {
      if (!has_format) return "has no format before its data";
      wav->samples = reinterpret_cast<const int16_t*>(content);
      wav->count = static_cast<int32_t>(length / sizeof(int16_t));
      return nullptr;
    }
    const size_t padded = size_t{length} + (length & 1);  // chunks begin at even positions
    if (padded > size - at - 8) break;
    at += 8 + padded;
  }
  return "has no data";
}

}  // namespace stapes::firmware
