#include "toolkit/profiling/units.h"

#include <gtest/gtest.h>

#include "toolkit/base/error.h"

namespace stapes::profiling {
namespace {

TEST(ParseBytes, KnowsPowersOf1024) {
  EXPECT_EQ(parse_bytes("4096", "flash"), 4096);
  EXPECT_EQ(parse_bytes("256k", "flash"), 256 * 1024);
  EXPECT_EQ(parse_bytes("256K", "flash"), 256 * 1024);
  EXPECT_EQ(parse_bytes("256kB", "flash"), 256 * 1024);
  EXPECT_EQ(parse_bytes("1.5M", "flash"), 3 * 512 * 1024);
}

TEST(ParseBytes, RefusesWhatIsNoSize) {
  for (const char* text : {"", "k", "-1", "12x", "64 kilo", "nan", "inf", "1e300", "64kk"}) {
    EXPECT_THROW((void)parse_bytes(text, "flash"), UsageError) << text;
  }
}

TEST(ParseHertz, KnowsPowersOf1000) {
  EXPECT_EQ(parse_hertz("78MHz", "clock"), 78e6);
  EXPECT_EQ(parse_hertz("78M", "clock"), 78e6);
  EXPECT_EQ(parse_hertz("78 MHz", "clock"), 78e6);
  EXPECT_EQ(parse_hertz("32000000", "clock"), 32e6);
  EXPECT_THROW((void)parse_hertz("0", "clock"), UsageError);
  EXPECT_THROW((void)parse_hertz("78mHz", "clock"), UsageError);
}

TEST(Texts, HaveThreeDigits) {
  EXPECT_EQ(count_text(7), "7");
  EXPECT_EQ(count_text(5073720), "5.07M");
  EXPECT_EQ(count_text(47109106), "47.1M");
  EXPECT_EQ(count_text(999999), "1.00M");
  EXPECT_EQ(bytes_text(1000), "1000");
  EXPECT_EQ(bytes_text(75296), "73.5k");
  EXPECT_EQ(time_text(0.0926), "92.6 ms");
  EXPECT_EQ(time_text(2.5), "2.50 s");
  EXPECT_EQ(time_text(3.21e-5), "32.1 us");
}

}  // namespace
}  // namespace stapes::profiling
