#pragma once
#include <cstdint>

// The inner loops of DEPTHWISE_CONV_2D by pairs of taps (depthwise_pairs.cpp).
namespace stapes::arm_dsp {

// Output pixels of one channel whose windows begin on columns of one parity. A pair is a word with
// two neighbouring columns. The order of the members is that in which the assembly loads them.
struct DepthwiseRun {
  int32_t multiplier;  // requantization.h
  int32_t rounding;
  int32_t shift;
  int32_t output_step;
  const int32_t* last;  // `pairs` of the last pixel
  int32_t doubled_bias;
  const int32_t* pairs;  // of the first pixel
  int8_t* output;
  const int32_t* weights;  // doubled, of this parity, row by row
  int32_t row_bytes;       // from a row of pairs to the next
  int32_t next_bytes;      // from the last row of a pixel to the first of the next
  int32_t pair_step;       // from the first row of a pixel to that of the next
  int32_t filter_height;
  int32_t filter_pairs;  // of a row of the filter
};

// One row of five pairs, 8 or 9 taps. REQUIRES: pair_step == 1.
void convolve_five_pairs(const DepthwiseRun& run);
// Three rows of two pairs: 3 x 3 taps, or 3 x 2.
void convolve_three_rows(const DepthwiseRun& run);
void convolve_any_pairs(const DepthwiseRun& run);

}  // namespace stapes::arm_dsp
