#pragma once
#include <cstdint>

#include "device/kernels/arm_mve/columns.h"

// The inner part of CONV_2D: four pixels and two output channels at a time.
namespace stapes::arm_mve {

constexpr int32_t kChannelsPerBlock = 2;

// What the assembly reads, at offsets that it knows.
struct BlockProduct {
  int32_t initial[kChannelsPerBlock][kPixelsPerBlock];  // sums to start from, the same in each row
  int32_t multiplier[kChannelsPerBlock];
  int32_t shift[kChannelsPerBlock];  // in [-31, -1]
  int32_t output_offset;
  int8_t* output;  // of the first of the channels
  const PixelBlock* next;
  const PixelBlock* end;
  int32_t rounds;       // vectors, divided by how many of them one round of the loop takes
  uint16_t offsets[8];  // of an output in the block: pixel by pixel, its two channels
  int8_t padding[4];
  int8_t minimum[kVectorBytes];  // the activation's range, in every byte
  int8_t maximum[kVectorBytes];
  int32_t sums[kChannelsPerBlock][kPixelsPerBlock];  // what sum_block() makes
  // Vector by vector, the first channel's weights and the second's; 0 behind the last.
  int8_t weights[kChannelsPerBlock * Columns::kMaximumDepth];
};

// Requantized sums of the blocks [next, end), written to the output. `vectors`: of a column.
// kIsNarrowed: clamps to [minimum, maximum] instead of to int8_t.
using MultiplyBlocks = void(BlockProduct* product);
MultiplyBlocks* multiply_blocks(int32_t vectors, bool is_narrowed);
// How many vectors one round of that function's loop takes.
int32_t vectors_per_round(int32_t vectors);

// The sums of the block `next`, without requantization; `rounds` is the number of vectors.
void sum_block(BlockProduct* product);

}  // namespace stapes::arm_mve
