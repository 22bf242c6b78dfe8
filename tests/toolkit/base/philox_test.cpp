#include "toolkit/base/philox.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace stapes {
namespace {

// Known answers from the authors' Random123 distribution (tests/kat_vectors).
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox4x32_10({0, 0, 0, 0}, {0, 0}),
            (std::array<uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(
      philox4x32_10({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
      (std::array<uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(
      philox4x32_10({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
      (std::array<uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, StreamsAreReproducibleAndDiffer) {
  Random a(1, Purpose::kTest, 2, 3);
  Random b(1, Purpose::kTest, 2, 3);
  Random c(1, Purpose::kTest, 2, 4);
  int different = 0;
  for (int i = 0; i < 100; ++i) {
    const uint32_t value = a.next();
    EXPECT_EQ(value, b.next());
    different += value != c.next() ? 1 : 0;
  }
  EXPECT_GT(different, 95);
}

TEST(Random, MomentsOfUniformAndNormal) {
  Random random(7, Purpose::kTest);
  const int n = 100000;
  double sum = 0, square = 0, uniform = 0;
  for (int i = 0; i < n; ++i) {
    const double value = random.normal();
    sum += value;
    square += value * value;
    uniform += random.uniform();
  }
  EXPECT_NEAR(sum / n, 0.0, 0.02);
  EXPECT_NEAR(square / n, 1.0, 0.03);
  EXPECT_NEAR(uniform / n, 0.5, 0.01);
}

TEST(Random, ShuffleIsAPermutation) {
  std::vector<int> items(1000);
  std::iota(items.begin(), items.end(), 0);
  std::vector<int> shuffled = items;
  Random(3, Purpose::kShuffle).shuffle(shuffled);
  EXPECT_NE(shuffled, items);
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, items);
}

}  // namespace
}  // namespace stapes
