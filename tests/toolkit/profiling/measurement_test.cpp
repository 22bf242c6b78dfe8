#include "toolkit/profiling/measurement.h"

#include <gtest/gtest.h>

#include "toolkit/base/error.h"

namespace stapes::profiling {
namespace {

constexpr const char* kOutput =
    "arena_bytes 75296\ninstructions 47109106\noperator 0 instructions 156866 live 19600\n"
    "operator 1 instructions 66 live 0\ndone\n";

std::string error_of(const std::string& output) {
  try {
    (void)parse_measurement(output, "profile.elf");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ParseMeasurement, ReadsWhatTheAppPrints) {
  const Measurement measurement = parse_measurement(kOutput, "profile.elf");
  EXPECT_EQ(measurement.value("arena_bytes"), 75296);
  EXPECT_EQ(measurement.value("instructions"), 47109106);
  ASSERT_EQ(measurement.operators.size(), 2U);
  EXPECT_EQ(measurement.operators[0].instructions, 156866);
  EXPECT_EQ(measurement.operators[0].live_bytes, 19600);
  EXPECT_EQ(measurement.operators[1].instructions, 66);
  EXPECT_THROW((void)measurement.value("state_bytes"), Error);
}

TEST(ParseMeasurement, KnowsOperatorsThatRanMoreOftenThanOnce) {
  const Measurement measurement = parse_measurement(
      "operator 0 instructions 800 live 16 runs 8\noperator 1 instructions 66 live 0 runs "
      "1\ndone\n",
      "profile_stream.elf");
  ASSERT_EQ(measurement.operators.size(), 2U);
  EXPECT_EQ(measurement.operators[0].runs, 8);
  EXPECT_EQ(measurement.operators[1].runs, 1);
}

TEST(ParseMeasurement, RepeatsTheAppsError) {
  EXPECT_NE(error_of("error: initialize: the arena is too small\n").find("the arena is too small"),
            std::string::npos);
}

TEST(ParseMeasurement, NoticesOutputThatIsIncomplete) {
  const std::string output = kOutput;
  EXPECT_NE(error_of(""), "");
  EXPECT_NE(error_of(output.substr(0, output.size() - 5)), "");
  EXPECT_NE(error_of("operator 1 instructions 66 live 0\ndone\n"), "");
  EXPECT_NE(error_of("operator 0 instructions x live 0\ndone\n"), "");
}

}  // namespace
}  // namespace stapes::profiling
