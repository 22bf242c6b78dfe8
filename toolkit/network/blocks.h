#pragma once
#include "toolkit/network/builder.h"

namespace stapes::network {

// TENet (Li et al., arXiv 2010.09960) as the reference toolkit builds it: a 3x1 convolution (the
// stem), then blocks * block_depth inverted bottlenecks (1x1 expansion, kernel x 1 depthwise, 1x1
// contraction, residual), the first of each block with stride 2. docs/network.md draws it.
struct TenetSettings {
  int32_t channels = 40;
  int32_t blocks = 4;
  int32_t block_depth = 4;
  int32_t expansion = 3;
  int32_t kernel = 9;
  // Rows that the stem sees and by which it moves on. It reads all channels of the front end at
  // every row, so that in a narrow network it may cost a third of all multiplications: stride 2
  // halves it.
  int32_t stem_kernel = 3;
  int32_t stem_stride = 1;
  bool causal = false;
  // For int8: ReLU6 in place of ReLU, and contractions within -1 … 1, so that no rare large value
  // stretches the range that the 255 steps have to cover.
  bool bounded = false;
  bool bounded_contraction = false;
  bool bounded_stem = false;
  float rounding_noise = 0;  // in training, in steps of int8; see Node
};
int add_tenet(Builder& builder, int input, const std::string& name, const TenetSettings& settings);

// Depthwise separable convolutions (Zhang et al., "Hello Edge"): a convolution, then `blocks` pairs
// of depthwise and 1x1 convolution, each with batch norm and ReLU.
struct DsCnnSettings {
  int32_t channels = 64;
  int32_t blocks = 4;
  Builder::Window stem{10, 4, 2, 2, Padding::kSame};
  Builder::Window depthwise{3, 3, 1, 1, Padding::kSame};
};
int add_ds_cnn(Builder& builder, int input, const std::string& name, const DsCnnSettings& settings);

}  // namespace stapes::network
