#include "toolkit/profiling/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/toolkit/profiling/small_profile.h"

namespace stapes::profiling {
namespace {

TEST(ProfileJson, HasTheSummaryAndARowPerOperator) {
  const auto json = nlohmann::json::parse(profile_json(small_profile(), small_model()));
  const auto& summary = json["summary"];
  EXPECT_EQ(summary["instructions"], 1000010);
  EXPECT_EQ(summary["macs"], 400000);
  EXPECT_EQ(summary["arena_bytes"], 19000);
  EXPECT_EQ(summary["code_bytes"], 100000);
  EXPECT_EQ(summary["code_sections"][".rodata"], 10000);
  EXPECT_EQ(summary["model_bytes"], 200000);
  EXPECT_EQ(summary["flash_bytes"], 300000);
  EXPECT_NEAR(summary["estimated_seconds"].get<double>(), 1000010 * 1.35 / 100e6, 1e-12);
  ASSERT_EQ(json["operators"].size(), 2U);
  EXPECT_EQ(json["operators"][0]["operator"], "CONV_2D");
  EXPECT_EQ(json["operators"][0]["instructions_per_mac"], 2.0);
  EXPECT_EQ(json["operators"][0]["share"], 0.8);
  EXPECT_TRUE(json["operators"][1]["instructions_per_mac"].is_null());
}

TEST(ProfileCsv, HasAHeadingAndARowPerOperator) {
  const std::string csv = profile_csv(small_profile(), small_model());
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3);
  EXPECT_NE(csv.find("\n0,CONV_2D,\"1x4\",\"1x4\",0,400000,0,800000,2.000,0.010800000,0.800000,"
                     "9984\n"),
            std::string::npos)
      << csv;
}

TEST(ProfileText, SaysWhatIsAnEstimate) {
  const std::string text = profile_text(small_profile(), small_model());
  EXPECT_NE(text.find("1000010 (exact to 40)"), std::string::npos) << text;
  EXPECT_NE(text.find("Time (estimated)          13.5 ms, 74.1 inferences a second"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("CONV_2D   1x4     400000        800000     2.00  80.00 %      9984"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace stapes::profiling
