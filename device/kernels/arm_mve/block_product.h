#pragma once
#include <cstdint>

#include "device/kernels/arm_mve/columns.h"
#include "device/kernels/reference/fixed_point.h"

// The inner part of CONV_2D: four or three pixels and two output channels at a time.
namespace stapes::arm_mve {

constexpr int32_t kChannelsPerBlock = 2;

// What the assembly reads and writes, at offsets that it knows.
struct BlockProduct {
  // Of the two channels at hand; multiply_blocks() fills it in, sum_block() reads `initial`.
  int32_t initial[kChannelsPerBlock][kPixelsPerBlock];  // sums to start from, the same in each row
  reference::Multiplier multiplier[kChannelsPerBlock];

  int32_t output_offset;
  int32_t output_step;        // from a block to the next
  const int8_t* const* next;  // columns of the next block
  const int8_t* const* end;   // and behind the last one
  int32_t rounds;             // vectors, divided by how many of them one round of the loop takes
  uint16_t offsets[8];        // of an output in the block: pixel by pixel, its two channels
  int8_t* next_output;
  int8_t minimum[kVectorBytes];  // the activation's range, in every byte
  int8_t maximum[kVectorBytes];

  const int8_t* filter;  // the first channel's
  int32_t depth;         // elements of a channel's filter
  const int32_t* bias;   // of the first channel; of two zeros when there is none
  int32_t bias_step;     // bytes from a pair of channels to the next
  const reference::Multiplier* multipliers;  // of the first channel; shifts in [-31, -1]
  int32_t input_offset;
  int32_t pairs;   // of channels
  int8_t* output;  // of the first channel and pixel

  // Blocks of three pixels come first, each of which writes something into the place of the pixel
  // behind it, then blocks of four, which may begin before the end of the last of those.
  const int8_t* const* threes;
  const int8_t* const* threes_end;
  int32_t three_pixels;  // in the output, in bytes
  const int8_t* const* fours;
  const int8_t* const* fours_end;
  int32_t four_pixels;
  int32_t fours_output;  // from `output` to the first block's
  int32_t padding;

  int32_t sums[kChannelsPerBlock][kPixelsPerBlock];  // what sum_block() makes
  // Vector by vector, the first channel's weights and the second's; behind the last there has to be
  // 0.
  int8_t weights[kChannelsPerBlock * Columns::kMaximumDepth];
};

// Outputs of all blocks for all pairs of channels. `vectors`: of a column.
// kIsNarrowed: clamps to [minimum, maximum] instead of to int8_t.
using MultiplyBlocks = void(BlockProduct* product);
MultiplyBlocks* multiply_blocks(int32_t vectors, bool is_narrowed);
// How many vectors one round of that function's loop takes.
int32_t vectors_per_round(int32_t vectors);

// The sums of the block `next` with `weights`, without requantization; `rounds` is the number of
// vectors.
void sum_block(BlockProduct* product);

}  // namespace stapes::arm_mve
