// Matrix products: sums[row][channel] = bias[channel] + sum_k (activation[row][k] + offset) *
// weight[channel][k]. Included once for each level, with STAPES_LEVEL, the namespace of its vector
// operations, and STAPES_TARGET.
//
// Channels lie side by side in the lanes of up to kMostVectors vectors; a group of kGroup weights
// of each fills a lane. Weights are packed for that from where they lie in the model, on every
// call: this costs about as much as one more row, and takes stack instead of memory that would have
// to be kept. With VNNI, activations are offset by 128 to be unsigned, which the weights' sums
// correct.
#pragma once
#include "device/kernels/x86/blocks.h"

namespace stapes::x86::STAPES_LEVEL {

constexpr int32_t kMostVectors = kLanes == 16 ? 4 : 2;
constexpr int32_t kMostChannels = kMostVectors * kLanes;  // of a block
constexpr int32_t kVectorWeights = kLanes * kGroup;       // Weights in a vector

constexpr int32_t groups_of(int32_t depth) { return (depth + kGroup - 1) / kGroup; }

// Up to kLanes channels to packed[group * step ...], of groups_of(depth) groups; weights and
// channels that are missing become zeros. sums: of each channel's weights.
STAPES_TARGET inline void pack_vector(const int8_t* weights, int32_t row_step, int32_t depth,
                                      int32_t channels, Weight* packed, int32_t step,
                                      int32_t* sums) {
  static_assert(kRowWeights == kLanes * kGroup, "a square of lanes is transposed");
  constexpr int32_t kSums = 4;  // so many, as each waits for its last addition
  Vector partial[kSums];
  for (Vector& sum : partial) sum = zero();
  for (int32_t k = 0; k < depth; k += kRowWeights) {
    const int32_t count = depth - k < kRowWeights ? depth - k : kRowWeights;
    Vector rows[kLanes];
    if (channels >= kLanes) {
      STAPES_UNROLL
      for (int32_t i = 0; i < kLanes; ++i) {
        rows[i] = load_weights(weights + i * row_step + k, count);
      }
    } else {
      for (int32_t i = 0; i < kLanes; ++i) {
        rows[i] = i < channels ? load_weights(weights + i * row_step + k, count) : zero();
      }
    }
    transpose(rows);
    const int32_t groups = groups_of(count);
    STAPES_UNROLL
    for (int32_t g = 0; g < kLanes; ++g) {
      if (g < groups) store_packed(packed + g * step, rows[g]);
      partial[g % kSums] = accumulate(partial[g % kSums], ones_operand(), rows[g]);
    }
    packed += groups * step;
  }
  store(sums, add(add(partial[0], partial[1]), add(partial[2], partial[3])));
}

// Up to kMostChannels channels in `vectors` vectors: packed[vector][group][lane][kGroup].
STAPES_TARGET inline void pack_channels(const int8_t* weights, int32_t row_step, int32_t depth,
                                        int32_t channels, int32_t vectors, Weight* packed,
                                        int32_t* sums) {
  for (int32_t v = 0; v < vectors; ++v) {
    pack_vector(weights + v * kLanes * row_step, row_step, depth, channels - v * kLanes,
                packed + v * groups_of(depth) * kVectorWeights, kVectorWeights, sums + v * kLanes);
  }
}

// kRows rows of operands that lie `row_step` operands apart, of `groups` groups each; `packed` is
// what pack_channels() left, vectors `vector_step` apart.
template <int32_t kVectors, int32_t kRows>
STAPES_TARGET void sum_rows(const Operand* operands, int32_t row_step, const Weight* packed,
                            int32_t vector_step, int32_t groups, const int32_t* bias,
                            int32_t* sums) {
  Vector total[kRows][kVectors];
  STAPES_UNROLL
  for (int32_t v = 0; v < kVectors; ++v) {
    const Vector start = load(bias + v * kLanes);
    STAPES_UNROLL
    for (int32_t row = 0; row < kRows; ++row) total[row][v] = start;
  }
  STAPES_UNROLL_TWICE
  for (int32_t g = 0; g < groups; ++g) {
    Vector weights[kVectors];
    STAPES_UNROLL
    for (int32_t v = 0; v < kVectors; ++v) weights[v] = load_packed(packed + v * vector_step);
    STAPES_UNROLL
    for (int32_t row = 0; row < kRows; ++row) {
      const Vector group = broadcast_group(operands + row * row_step);
      STAPES_UNROLL
      for (int32_t v = 0; v < kVectors; ++v) {
        total[row][v] = accumulate(total[row][v], group, weights[v]);
      }
    }
    operands += kGroup;
    packed += kVectorWeights;
  }
  STAPES_UNROLL
  for (int32_t row = 0; row < kRows; ++row) {
    STAPES_UNROLL
    for (int32_t v = 0; v < kVectors; ++v) {
      store(sums + (row * kVectors + v) * kLanes, total[row][v]);
    }
  }
}

// As many rows at once as there are registers for.
template <int32_t kVectors>
STAPES_TARGET void sum_all_rows(const Operand* operands, int32_t row_step, int32_t rows,
                                const Weight* packed, int32_t depth, const int32_t* bias,
                                int32_t* sums) {
  constexpr int32_t kMostRows = kLanes == 16 ? (kVectors == 4 ? 6 : 8) : (kVectors == 2 ? 5 : 8);
  const int32_t groups = groups_of(depth);
  const int32_t vector_step = groups * kVectorWeights;
  const int32_t tiles = (rows + kMostRows - 1) / kMostRows;
  int32_t row = 0;
  for (int32_t tile = 1; tile <= tiles; ++tile) {
    const int32_t end = rows * tile / tiles;
    const Operand* first = operands + row * row_step;
    int32_t* out = sums + row * kVectors * kLanes;
    switch (end - row) {
      case 8:
        if constexpr (kMostRows >= 8) {
          sum_rows<kVectors, 8>(first, row_step, packed, vector_step, groups, bias, out);
        }
        break;
      case 7:
        if constexpr (kMostRows >= 7) {
          sum_rows<kVectors, 7>(first, row_step, packed, vector_step, groups, bias, out);
        }
        break;
      case 6:
        if constexpr (kMostRows >= 6) {
          sum_rows<kVectors, 6>(first, row_step, packed, vector_step, groups, bias, out);
        }
        break;
      case 5:
        sum_rows<kVectors, 5>(first, row_step, packed, vector_step, groups, bias, out);
        break;
      case 4:
        sum_rows<kVectors, 4>(first, row_step, packed, vector_step, groups, bias, out);
        break;
      case 3:
        sum_rows<kVectors, 3>(first, row_step, packed, vector_step, groups, bias, out);
        break;
      case 2:
        sum_rows<kVectors, 2>(first, row_step, packed, vector_step, groups, bias, out);
        break;
      default:
        sum_rows<kVectors, 1>(first, row_step, packed, vector_step, groups, bias, out);
    }
    row = end;
  }
}

STAPES_TARGET inline void sum_all_rows(int32_t vectors, const Operand* operands, int32_t row_step,
                                       int32_t rows, const Weight* packed, int32_t depth,
                                       const int32_t* bias, int32_t* sums) {
  switch (vectors) {
    case 4:
      if constexpr (kMostVectors >= 4) {
        sum_all_rows<4>(operands, row_step, rows, packed, depth, bias, sums);
      }
      break;
    case 3:
      if constexpr (kMostVectors >= 3) {
        sum_all_rows<3>(operands, row_step, rows, packed, depth, bias, sums);
      }
      break;
    case 2:
      sum_all_rows<2>(operands, row_step, rows, packed, depth, bias, sums);
      break;
    default:
      sum_all_rows<1>(operands, row_step, rows, packed, depth, bias, sums);
  }
}

}  // namespace stapes::x86::STAPES_LEVEL
