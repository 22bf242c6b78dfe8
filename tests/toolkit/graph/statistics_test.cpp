#include "toolkit/graph/statistics.h"

#include <gtest/gtest.h>

#include "tests/support/reference_data.h"
#include "tests/toolkit/graph/small_graph.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::graph {
namespace {

// Counted by hand from the shapes of small_graph().
TEST(Statistics, SmallGraph) {
  const Statistics statistics = count_operations(example::small_graph());
  ASSERT_EQ(statistics.operators.size(), 6U);
  EXPECT_EQ(statistics.operators[0].macs, 4 * 6 * (3 * 4));
  EXPECT_EQ(statistics.operators[0].operations, 2 * 4 * 6 * 12 + 4 * 6);
  EXPECT_EQ(statistics.operators[1].operations, 24);
  EXPECT_EQ(statistics.operators[2].macs, 0);
  EXPECT_EQ(statistics.operators[2].lstm_macs, 4 * 4 * 5 * (6 + 5));
  EXPECT_EQ(statistics.operators[4].macs, 15);
  EXPECT_EQ(statistics.operators[5].operations, 6);
  EXPECT_EQ(statistics.total.macs, 288 + 15);
}

// What the reference toolkit's tutorial prints for this graph: 5.074 M and 10.306 M.
TEST(Statistics, TheTutorialsGraph) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/models");
  const Statistics statistics = count_operations(
      read_tflite(test::reference_data() / "vectors/models/seed_shaped_random.tflite"));
  EXPECT_EQ(statistics.total.macs, 5073720);
  EXPECT_EQ(statistics.total.operations, 10305551);
  EXPECT_EQ(statistics.total.lstm_macs, 89600);
}

}  // namespace
}  // namespace stapes::graph
