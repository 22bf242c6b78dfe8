// Bit-exactness for everybody: checksums of spectrograms that silabs-mltk 0.20 (PyPI), the
// reference's own build, computed of the sound in test_sound.h.
#include <gtest/gtest.h>

#include "tests/device/frontend/test_front_end.h"
#include "tests/device/frontend/test_sound.h"

namespace stapes::test {
namespace {

// FNV-1a, 64 bits, over the values in little-endian order.
uint64_t checksum(const std::vector<uint16_t>& values) {
  uint64_t hash = 0xCBF29CE484222325;
  const auto add = [&](uint32_t byte) { hash = (hash ^ byte) * 0x100000001B3; };
  for (const uint16_t value : values) {
    add(value & 0xFFU);
    add(value >> 8);
  }
  return hash;
}

uint64_t checksum_with(const FrontEndSettings& settings) {
  return checksum(TestFrontEnd(settings).rows(test_sound(settings.sample_rate_hz)));
}

TEST(FrontEndChecksum, Defaults) { EXPECT_EQ(checksum_with({}), 0x372D4B69B2DE9F03U); }

TEST(FrontEndChecksum, KeywordSpottingNumbers) {
  EXPECT_EQ(checksum_with(keyword_spotting_numbers()), 0xEDC15DA7A06037A9U);
}

TEST(FrontEndChecksum, WithPcan) {
  FrontEndSettings settings = keyword_spotting_numbers();
  settings.pcan_enable = true;
  EXPECT_EQ(checksum_with(settings), 0x0D77736035B0BDEAU);
}

TEST(FrontEndChecksum, WithoutLogarithm) {
  FrontEndSettings settings = keyword_spotting_numbers();
  settings.log_scale_enable = false;
  EXPECT_EQ(checksum_with(settings), 0xCCF178D6553D2416U);
}

TEST(FrontEndChecksum, ManyChannels) {
  FrontEndSettings settings = keyword_spotting_numbers();
  settings.filterbank_n_channels = 104;
  EXPECT_EQ(checksum_with(settings), 0x13AED3BECFA0F98CU);
}

TEST(FrontEndChecksum, EverySizeOfTheFft) {
  struct Case {
    int32_t sample_rate_hz;
    int32_t window_size_ms;
    int32_t fft_size;
    uint64_t checksum;
  };
  for (const Case& test :
       {Case{8000, 3, 32, 0x66E79EFDBBB200C9U}, Case{8000, 8, 64, 0x6A84D123739C5F04U},
        Case{8000, 16, 128, 0x6CC5B63745FFFDFBU}, Case{8000, 32, 256, 0xFDBAF276786A840DU},
        Case{8000, 64, 512, 0xD355DD3D992C6852U}, Case{16000, 64, 1024, 0x8B02B27E6FC7256BU},
        Case{16000, 128, 2048, 0x2781D4CA8A42491BU}, Case{44100, 90, 4096, 0xF666821E24FD2899U},
        Case{48000, 170, 8192, 0xD582A65A8B3941E1U}}) {
    FrontEndSettings settings = keyword_spotting_numbers();
    settings.sample_rate_hz = test.sample_rate_hz;
    settings.window_size_ms = test.window_size_ms;
    settings.window_step_ms = test.window_size_ms / 3;
    settings.filterbank_upper_band_limit = 3500.0F;
    settings.filterbank_n_channels = 20;
    EXPECT_EQ(fft_size(settings), test.fft_size);
    EXPECT_EQ(checksum_with(settings), test.checksum) << test.fft_size;
  }
}

}  // namespace
}  // namespace stapes::test
