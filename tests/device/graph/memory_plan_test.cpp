#include "device/graph/memory_plan.h"

#include <gtest/gtest.h>

#include <vector>

#include "device/graph/arena.h"
#include "toolkit/base/philox.h"

namespace stapes {
namespace {

MemoryBlock block(uint32_t bytes, int first, int last) {
  MemoryBlock result;
  result.bytes = bytes;
  result.first = static_cast<int16_t>(first);
  result.last = static_cast<int16_t>(last);
  return result;
}

TEST(MemoryPlan, ChainUsesTwoBuffers) {
  std::vector<MemoryBlock> blocks = {block(100, 0, 1), block(200, 1, 2), block(100, 2, 3)};
  EXPECT_EQ(assign_offsets(blocks.data(), 3), 208U + 112U);
  EXPECT_EQ(memory_lower_bound(blocks.data(), 3, 4), 208U + 112U);
  EXPECT_EQ(blocks[0].offset, blocks[2].offset);
}

TEST(MemoryPlan, SharedMemoryLivesAsLongAsAllItsUsers) {
  std::vector<MemoryBlock> blocks = {block(64, 0, 1), block(64, 1, 5), block(64, 2, 3)};
  share_memory(blocks.data(), 1, 0);
  EXPECT_EQ(assign_offsets(blocks.data(), 3), 128U);
  EXPECT_EQ(blocks[0].offset, blocks[1].offset);
  EXPECT_NE(blocks[1].offset, blocks[2].offset);
}

TEST(MemoryPlan, BlocksThatLiveTogetherNeverOverlap) {
  for (uint64_t i = 0; i < 200; ++i) {
    Random random(7, Purpose::kTest, 0, i);
    std::vector<MemoryBlock> blocks;
    const int steps = 1 + static_cast<int>(random.below(30));
    for (uint64_t k = random.below(40); k > 0; --k) {
      const int first = static_cast<int>(random.below(static_cast<uint64_t>(steps)));
      const int last = first + static_cast<int>(random.below(static_cast<uint64_t>(steps - first)));
      blocks.push_back(block(static_cast<uint32_t>(random.below(1000)), first, last));
    }
    const auto count = static_cast<int32_t>(blocks.size());
    const uint64_t total = assign_offsets(blocks.data(), count);
    EXPECT_GE(total, memory_lower_bound(blocks.data(), count, steps));
    for (const MemoryBlock& a : blocks) {
      EXPECT_EQ(a.offset % kArenaAlignment, 0U);
      EXPECT_LE(a.offset + a.bytes, total);
      for (const MemoryBlock& b : blocks) {
        if (&a == &b || a.bytes == 0 || b.bytes == 0) continue;
        const bool together = a.first <= b.last && b.first <= a.last;
        const bool overlap = a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
        ASSERT_FALSE(together && overlap) << i;
      }
    }
  }
}

TEST(MemoryPlan, OffsetsBeyond32BitsAreRefused) {
  std::vector<MemoryBlock> blocks(5, block(1U << 30, 0, 1));
  EXPECT_EQ(assign_offsets(blocks.data(), 5), UINT64_MAX);
}

}  // namespace
}  // namespace stapes
