#pragma once
#include <cstdint>

namespace stapes {

// Where blocks of memory lie in one area, decided before anything runs. A block lives from step
// `first` to step `last`, both included; blocks that live at a common step must not overlap.
struct MemoryBlock {
  uint32_t bytes = 0;  // 0: takes no memory
  uint32_t offset = 0;
  int16_t first = 0;
  int16_t last = 0;
  int16_t next = -1;   // used while planning
  int16_t alias = -1;  // another block whose memory this one uses, see share_memory()
};

// The sum of the blocks that live at one step, each with its size rounded up to kArenaAlignment.
uint64_t live_memory(const MemoryBlock* blocks, int32_t count, int32_t step);

// Bytes that no plan can do without: the largest live_memory().
uint64_t memory_lower_bound(const MemoryBlock* blocks, int32_t count, int32_t steps);

// Greedy: one block after the other, each at the lowest aligned offset where it overlaps no block
// that is placed already and lives at a common step (Pisarchyk and Lee, "Efficient memory
// management for deep neural net inference", 2020). Largest, longest-lived and largest product of
// both first are tried, and the smallest result is kept; the same blocks always give the same plan.
// Returns the size of the area, or UINT64_MAX when offsets don't fit in 32 bits.
// Blocks with an alias get the offset of the block at the end of the chain.
// Time is quadratic in `count`. REQUIRES: at most INT16_MAX blocks.
uint64_t assign_offsets(MemoryBlock* blocks, int32_t count);

// Lets `block` continue in the memory of `predecessor`, whose life ends where the block's begins.
// REQUIRES: predecessor.bytes >= block.bytes.
void share_memory(MemoryBlock* blocks, int16_t block, int16_t predecessor);
// The block at the end of the chain of aliases.
int16_t memory_owner(const MemoryBlock* blocks, int16_t block);

}  // namespace stapes
