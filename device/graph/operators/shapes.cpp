#include "device/graph/operators/shapes.h"

#include "device/graph/operators/checks.h"

namespace stapes {
namespace {

// Output extent and padding in front along one axis; extents 0 when nothing fits.
struct Axis {
  int32_t output = 0;
  int32_t padding = 0;
};

Axis window_axis(Padding padding, int32_t input, int32_t filter, int32_t stride, int32_t dilation) {
  const int64_t extent = (int64_t{filter} - 1) * dilation + 1;  // that one window spans
  Axis axis;
  if (padding == Padding::kSame) {
    const int64_t output = (int64_t{input} + stride - 1) / stride;
    const int64_t total = (output - 1) * stride + extent - input;
    axis.output = static_cast<int32_t>(output);
    // What an extent beyond 2^31 would need is refused by the caller: no window is that large.
    axis.padding = total > 0 ? static_cast<int32_t>(total / 2) : 0;
  } else {
    const int64_t output = (input - extent + stride) / stride;
    axis.output = output > 0 && input >= extent ? static_cast<int32_t>(output) : 0;
  }
  return axis;
}

constexpr int32_t kMaximumWindow = 1 << 14;  // of filters, strides and dilations

bool in_window_range(int32_t value) { return value >= 1 && value <= kMaximumWindow; }

// Fields common to all windows, from options; input and output must be of rank 4.
Status window_shape(const PrepareContext& context, const WindowOptions& options, Window2D* window) {
  const TensorView input = context.input(0);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_rank(context, input, 4));
  STAPES_RETURN_IF_ERROR(expect_rank(context, output, 4));
  if (!in_window_range(options.filter_height) || !in_window_range(options.filter_width) ||
      !in_window_range(options.stride_height) || !in_window_range(options.stride_width) ||
      !in_window_range(options.dilation_height) || !in_window_range(options.dilation_width)) {
    return context.failure("a filter, stride or dilation is below 1 or above 16384");
  }
  if (options.padding != Padding::kSame && options.padding != Padding::kValid) {
    return context.failure("the padding is neither SAME nor VALID");
  }
  window->batches = input.shape[0];
  window->input_height = input.shape[1];
  window->input_width = input.shape[2];
  window->input_channels = input.shape[3];
  window->filter_height = options.filter_height;
  window->filter_width = options.filter_width;
  window->stride_height = options.stride_height;
  window->stride_width = options.stride_width;
  window->dilation_height = options.dilation_height;
  window->dilation_width = options.dilation_width;
  const Axis vertical = window_axis(options.padding, input.shape[1], options.filter_height,
                                    options.stride_height, options.dilation_height);
  const Axis horizontal = window_axis(options.padding, input.shape[2], options.filter_width,
                                      options.stride_width, options.dilation_width);
  window->output_height = vertical.output;
  window->output_width = horizontal.output;
  window->padding_top = vertical.padding;
  window->padding_left = horizontal.padding;
  window->output_channels = output.shape[3];
  window->depth_multiplier = 1;
  window->groups = 1;
  if (output.shape[0] != window->batches || output.shape[1] != window->output_height ||
      output.shape[2] != window->output_width) {
    return context.failure("the output's shape doesn't follow from input, filter and padding",
                           output);
  }
  return Status::success();
}

Padding read_padding(const FlatTable& options) {
  return static_cast<Padding>(options.scalar<int8_t>(0, 0));
}

Activation read_activation(const FlatTable& options, int32_t field) {
  return static_cast<Activation>(options.scalar<int8_t>(field, 0));
}

// A bias is a vector with one element per output channel; absent is fine.
Status expect_bias(const PrepareContext& context, const TensorView& bias, int32_t channels) {
  if (!bias.present()) return Status::success();
  STAPES_RETURN_IF_ERROR(expect_constant(context, bias));
  if (bias.shape.elements() == channels) return Status::success();
  return context.failure("the bias hasn't one element per output channel", bias);
}

}  // namespace

Status conv_2d_shape(const PrepareContext& context, Window2D* window, Activation* activation) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 2, 3));
  const TensorView filter = context.input(1);
  STAPES_RETURN_IF_ERROR(expect_constant(context, filter));
  STAPES_RETURN_IF_ERROR(expect_rank(context, filter, 4));
  const FlatTable table = context.options(OptionsTag::kConv2D);
  WindowOptions options;
  options.padding = read_padding(table);
  options.stride_width = table.scalar<int32_t>(1, 0);
  options.stride_height = table.scalar<int32_t>(2, 0);
  options.dilation_width = table.scalar<int32_t>(4, 1);
  options.dilation_height = table.scalar<int32_t>(5, 1);
  options.filter_height = filter.shape[1];
  options.filter_width = filter.shape[2];
  *activation = read_activation(table, 3);
  STAPES_RETURN_IF_ERROR(window_shape(context, options, window));
  const int32_t group_inputs = filter.shape[3];
  window->groups = window->input_channels / group_inputs;
  if (filter.shape[0] != window->output_channels || window->groups == 0 ||
      group_inputs * window->groups != window->input_channels ||
      window->output_channels % window->groups != 0) {
    return context.failure("the filter's channels aren't those of input and output", filter);
  }
  return expect_bias(context, context.input(2), window->output_channels);
}

Status depthwise_conv_2d_shape(const PrepareContext& context, Window2D* window,
                               Activation* activation) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 2, 3));
  const TensorView filter = context.input(1);
  STAPES_RETURN_IF_ERROR(expect_constant(context, filter));
  STAPES_RETURN_IF_ERROR(expect_rank(context, filter, 4));
  const FlatTable table = context.options(OptionsTag::kDepthwiseConv2D);
  WindowOptions options;
  options.padding = read_padding(table);
  options.stride_width = table.scalar<int32_t>(1, 0);
  options.stride_height = table.scalar<int32_t>(2, 0);
  options.dilation_width = table.scalar<int32_t>(5, 1);
  options.dilation_height = table.scalar<int32_t>(6, 1);
  options.filter_height = filter.shape[1];
  options.filter_width = filter.shape[2];
  *activation = read_activation(table, 4);
  STAPES_RETURN_IF_ERROR(window_shape(context, options, window));
  // The multiplier in the options is redundant, and old files leave it out.
  if (filter.shape[0] != 1 || filter.shape[3] != window->output_channels ||
      window->output_channels % window->input_channels != 0) {
    return context.failure("the filter's channels aren't those of input and output", filter);
  }
  window->depth_multiplier = window->output_channels / window->input_channels;
  return expect_bias(context, context.input(2), window->output_channels);
}

Status pool_2d_shape(const PrepareContext& context, Window2D* window, Activation* activation) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 1, 1));
  const FlatTable table = context.options(OptionsTag::kPool2D);
  WindowOptions options;
  options.padding = read_padding(table);
  options.stride_width = table.scalar<int32_t>(1, 0);
  options.stride_height = table.scalar<int32_t>(2, 0);
  options.filter_width = table.scalar<int32_t>(3, 0);
  options.filter_height = table.scalar<int32_t>(4, 0);
  *activation = read_activation(table, 5);
  STAPES_RETURN_IF_ERROR(window_shape(context, options, window));
  if (window->output_channels != window->input_channels) {
    return context.failure("a pool changes the number of channels", context.output(0));
  }
  return Status::success();
}

Status fully_connected_shape(const PrepareContext& context, MatrixProduct* product,
                             Activation* activation) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 2, 3));
  const TensorView input = context.input(0);
  const TensorView weights = context.input(1);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_constant(context, weights));
  STAPES_RETURN_IF_ERROR(expect_rank(context, weights, 2));
  const FlatTable table = context.options(OptionsTag::kFullyConnected);
  *activation = read_activation(table, 0);
  if (table.scalar<int8_t>(1, 0) != 0) {
    return context.failure("shuffled weights aren't supported", weights);
  }
  product->output_depth = weights.shape[0];
  product->input_depth = weights.shape[1];
  product->batches = output.shape.elements() / product->output_depth;
  const int64_t batches = product->batches;
  if (batches * product->output_depth != output.shape.elements() ||
      batches * product->input_depth != input.shape.elements()) {
    return context.failure("the weights' shape isn't that of input and output", weights);
  }
  return expect_bias(context, context.input(2), product->output_depth);
}

Status rows_of_last_axis(const PrepareContext& context, int32_t* rows, int32_t* depth) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 1, 1));
  const Shape shape = context.input(0).shape;
  STAPES_RETURN_IF_ERROR(expect_shape(context, context.output(0), shape));
  if (shape.rank < 1) return context.failure("the input is a single number", context.input(0));
  *depth = shape[shape.rank - 1];
  *rows = shape.elements() / *depth;
  return Status::success();
}

}  // namespace stapes
