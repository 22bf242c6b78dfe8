#pragma once
#include <cstdint>

// Shapes as kernels see them, the same for every element type. Activations are NHWC, row-major.
// All extents are at least 1 and every tensor has fewer than 2^30 bytes, so that indices fit in
// int32_t; the code that makes these structs has checked it.
namespace stapes {

// CONV_2D: filter [output_channels, filter_height, filter_width, input_channels / groups]; the
// channels of input and output are cut into as many groups, and one of the output sees its group's
// alone. DEPTHWISE_CONV_2D: filter [1, filter_height, filter_width, output_channels]; output
// channel ic * depth_multiplier + m reads input channel ic. Pooling: output_channels ==
// input_channels.
struct Window2D {
  int32_t batches;
  int32_t input_height;
  int32_t input_width;
  int32_t input_channels;
  int32_t filter_height;
  int32_t filter_width;
  int32_t output_height;
  int32_t output_width;
  int32_t output_channels;
  int32_t stride_height;
  int32_t stride_width;
  int32_t dilation_height;
  int32_t dilation_width;
  int32_t padding_top;  // input row of output row y, tap r: y * stride - padding_top + r * dilation
  int32_t padding_left;
  int32_t depth_multiplier;  // DEPTHWISE_CONV_2D only
  int32_t groups;            // CONV_2D: 1 of an ordinary one; it divides both numbers of channels
};

// output[b][o] = bias[o] + sum_i weights[o][i] * input[b][i]
struct MatrixProduct {
  int32_t batches;
  int32_t input_depth;
  int32_t output_depth;
};

// UNIDIRECTIONAL_SEQUENCE_LSTM: input [B, T, I], output [B, T, S]; time major: [T, B, I], [T, B,
// S]. Weights [S, I], recurrent weights [S, S]; state [B, S].
struct LstmShape {
  int32_t batches;
  int32_t steps;
  int32_t inputs;
  int32_t units;
  bool time_major;
};

constexpr int32_t kMaximumAxes = 6;

// Two inputs broadcast against each other. Axes that can be walked as one are merged, so equal
// shapes have one axis. Strides are in elements, 0 along an axis that is repeated.
struct Broadcast {
  int32_t axes;
  int32_t extent[kMaximumAxes];  // of the output
  int32_t first_stride[kMaximumAxes];
  int32_t second_stride[kMaximumAxes];
};

// Sums over some axes: for every output element, the kept axes give a start and the reduced axes a
// set of offsets. Strides of the input, in elements, outermost first. At least one reduced axis,
// perhaps of extent 1.
struct Reduction {
  int32_t kept_axes;
  int32_t kept_extent[kMaximumAxes];
  int32_t kept_stride[kMaximumAxes];
  int32_t reduced_axes;
  int32_t reduced_extent[kMaximumAxes];
  int32_t reduced_stride[kMaximumAxes];
  int32_t reduced_elements;  // product of reduced_extent
};

// TRANSPOSE, STRIDED_SLICE: output[i, j, ...] = input[start + i * stride[0] + j * stride[1] + ...],
// in elements; strides may be negative.
struct StridedCopy {
  int32_t axes;
  int32_t extent[kMaximumAxes];  // of the output
  int32_t stride[kMaximumAxes];
  int32_t start;
};

// PAD: the input, with `before` and `after` further positions along every axis.
struct Padded {
  int32_t axes;
  int32_t input_extent[kMaximumAxes];
  int32_t before[kMaximumAxes];
  int32_t after[kMaximumAxes];
};

}  // namespace stapes
