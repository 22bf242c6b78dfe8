#include "toolkit/specification/front_end_parameters.h"

#include <gtest/gtest.h>

#include "device/frontend/settings_fields.h"
#include "tests/support/temporary_folder.h"
#include "toolkit/base/error.h"

namespace stapes::test {
namespace {

TEST(FrontEndParameters, SetsEveryKindOfValue) {
  FrontEndSettings settings;
  set_front_end_parameter(settings, "fe.pcan_enable", "True", "");
  set_front_end_parameter(settings, "window_size_ms", "30", "");
  set_front_end_parameter(settings, "fe.filterbank_upper_band_limit", "7000.5", "");
  set_front_end_parameter(settings, "fe.log_scale_enable", "0", "");
  set_front_end_parameter(settings, "fe.fft_length", "512", "");
  EXPECT_TRUE(settings.pcan_enable);
  EXPECT_EQ(settings.window_size_ms, 30);
  EXPECT_EQ(settings.filterbank_upper_band_limit, 7000.5F);
  EXPECT_FALSE(settings.log_scale_enable);
}

TEST(FrontEndParameters, RefusesWrongKeysAndValues) {
  FrontEndSettings settings;
  const auto message = [&](const std::string& key, const std::string& value) {
    try {
      set_front_end_parameter(settings, key, value, "here");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(message("fe.window_sise_ms", "30").find("\"fe.window_size_ms\""), std::string::npos);
  for (const char* value : {"", "x", "30x", "1.5", "nan", "1e99"}) {
    EXPECT_NE(message("fe.window_size_ms", value), "") << value;
  }
  EXPECT_NE(message("fe.pcan_offset", "inf"), "");
  EXPECT_NE(message("fe.pcan_enable", "maybe"), "");
  EXPECT_EQ(settings.window_size_ms, FrontEndSettings().window_size_ms);
}

TEST(FrontEndParameters, ReadsAFileAndNamesTheLine) {
  const TemporaryFolder folder;
  write_text_file(folder / "good.txt", "# mine\n\nfe.window_size_ms 30\nfe.pcan_offset=7\nx 1\n");
  FrontEndSettings settings;
  read_front_end_parameters(settings, folder / "good.txt");
  EXPECT_EQ(settings.window_size_ms, 30);
  EXPECT_EQ(settings.pcan_offset, 7.0F);
  write_text_file(folder / "bad.txt", "fe.window_size_ms 30\nfe.nothing 1\n");
  try {
    read_front_end_parameters(settings, folder / "bad.txt");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("bad.txt, line 2"), std::string::npos);
  }
}

// A setting that is not in the list could neither be set nor stored.
TEST(FrontEndParameters, TheListHasEverySetting) {
  FrontEndSettings settings;
  size_t bytes = 0;
  for_each_front_end_field(settings, [&](const char*, auto& member) { bytes += sizeof(member); });
  // 20 numbers of 4 bytes and 6 switches; between them the structure has only padding.
  EXPECT_EQ(bytes, 21U * 4 + 6U);
  EXPECT_LT(sizeof(settings) - bytes, 6U * 4);
}

}  // namespace
}  // namespace stapes::test
