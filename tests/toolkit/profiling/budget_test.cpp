#include "toolkit/profiling/budget.h"

#include <gtest/gtest.h>

#include "tests/toolkit/profiling/small_profile.h"
#include "toolkit/base/error.h"

namespace stapes::profiling {
namespace {

TEST(ParseBudget, TakesLimitsInAnyOrder) {
  const Budget budget = parse_budget("ms=50,flash=256k");
  EXPECT_EQ(budget.flash_bytes, 256 * 1024);
  EXPECT_EQ(budget.ram_bytes, std::nullopt);
  EXPECT_EQ(budget.milliseconds, 50.0);
}

TEST(ParseBudget, RefusesWhatItDoesNotKnow) {
  for (const char* text : {"", ",", "flash", "flash=", "rom=1", "ms=fast", "ms=0", "ms=nan"}) {
    EXPECT_THROW((void)parse_budget(text), UsageError) << text;
  }
}

TEST(Exceeded, SaysNothingWhereEverythingFits) {
  const Budget budget = parse_budget("flash=300000,ram=20000,ms=13.6");
  EXPECT_TRUE(exceeded(budget, small_profile(), small_model()).empty());
}

TEST(Exceeded, NamesEachLimitAndTheOperatorsThatTakeMost) {
  const Budget budget = parse_budget("flash=299999,ram=19999,ms=13.4");
  graph::Graph model = small_model();
  graph::Tensor weights;
  weights.shape = {4, 4};
  weights.type = TensorType::kInt8;
  weights.data.resize(16);
  model.operators[0].inputs.push_back(model.add_tensor(weights));
  const auto lines = exceeded(budget, small_profile(), model);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0],
            "flash: 300000 of 299999 bytes (model 200000, program 100000); most weights are in 0 "
            "CONV_2D 16, 1 SOFTMAX 0");
  EXPECT_EQ(lines[1],
            "ram: 20000 of 19999 bytes (arena 19000, stack 1000); most is live in 0 CONV_2D 9.8k, "
            "1 SOFTMAX 32");
  EXPECT_EQ(lines[2],
            "ms: 13.5 of 13.4 (estimated); most goes into 0 CONV_2D 10.8 ms, 1 SOFTMAX 2.70 ms");
}

}  // namespace
}  // namespace stapes::profiling
