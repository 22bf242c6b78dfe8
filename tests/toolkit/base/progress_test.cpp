#include "toolkit/base/progress.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <thread>

namespace stapes {
namespace {

// Whoever waits sees the work as a whole, and not each of its steps.
TEST(Progress, OneWithinAnotherIsSilent) {
  testing::internal::CaptureStderr();
  {
    Progress work("the work", 1, "parts");
    std::optional<Progress> step(std::in_place, "a step", 1, "pieces");
    std::this_thread::sleep_for(std::chrono::milliseconds(2050));  // what takes less is not shown
    step->advance();
    step.reset();
    work.advance();
  }
  const std::string shown = testing::internal::GetCapturedStderr();
  EXPECT_NE(shown.find("the work: 1/1 parts"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("a step"), std::string::npos) << shown;
}

}  // namespace
}  // namespace stapes
