#pragma once
#include "device/graph/operator_kernel.h"
#include "device/kernels/geometry.h"

// From the shapes and options of an operator to the geometry that its kernel works with; the same
// for every element type. Each function checks that the output's shape is the one that follows.
namespace stapes {

// Options of CONV_2D, DEPTHWISE_CONV_2D and the pools, as the file has them.
struct WindowOptions {
  Padding padding = Padding::kSame;
  int32_t stride_width = 1;
  int32_t stride_height = 1;
  int32_t dilation_width = 1;
  int32_t dilation_height = 1;
  int32_t filter_width = 1;
  int32_t filter_height = 1;
  Activation activation = Activation::kNone;
};

// CONV_2D: input, filter, optional bias -> output. Types are the caller's to check.
Status conv_2d_shape(const PrepareContext& context, Window2D* window, Activation* activation);
Status depthwise_conv_2d_shape(const PrepareContext& context, Window2D* window,
                               Activation* activation);
// AVERAGE_POOL_2D, MAX_POOL_2D: input -> output. Every window touches the input.
Status pool_2d_shape(const PrepareContext& context, Window2D* window, Activation* activation);
// FULLY_CONNECTED: input, weights [O, I], optional bias -> output.
Status fully_connected_shape(const PrepareContext& context, MatrixProduct* product,
                             Activation* activation);
// The LSTM's 24 operands except their types: 9..11, 16, 17 absent, 20..23 absent or [S], 18 and 19
// are variables [B, S].
struct LstmOptions {
  Activation activation = Activation::kTanh;
  float cell_clip = 0.0F;  // 0: none
  bool layer_norm = false;
};
Status lstm_shape(const PrepareContext& context, LstmShape* shape, LstmOptions* options);

// Broadcast of two inputs to the output.
Status broadcast_shape(const PrepareContext& context, const TensorView& first,
                       const TensorView& second, const TensorView& output, Broadcast* broadcast);
// MEAN, SUM: input, constant axes -> output.
Status reduction_shape(const PrepareContext& context, Reduction* reduction);
// SOFTMAX, L2_NORMALIZATION: the last axis, and how many rows of it there are. Equal shapes.
Status rows_of_last_axis(const PrepareContext& context, int32_t* rows, int32_t* depth);

}  // namespace stapes
