#include "device/graph/operators/checks.h"
#include "device/graph/operators/int8/scales.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/shapes.h"
#include "device/kernels/kernels.h"
#include "device/kernels/reference/conv_2d_int16.h"

// CONV_2D and DEPTHWISE_CONV_2D differ in shape and kernel only.
namespace stapes {
namespace {

using Shape2D = Status (*)(const PrepareContext&, Window2D*, Activation*);

Status prepare_with(PrepareContext& context, Shape2D shape, int32_t channel_axis) {
  auto* parameters = context.allocate_prepared<reference::Conv2DParameters>();
  if (parameters == nullptr) return context.out_of_memory();
  Activation activation = Activation::kNone;
  STAPES_RETURN_IF_ERROR(shape(context, &parameters->window, &activation));
  const TensorView input = context.input(0);
  const TensorView filter = context.input(1);
  const TensorView bias = context.input(2);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_integers(context, input, input.type));
  STAPES_RETURN_IF_ERROR(expect_type(context, filter, TensorType::kInt8));
  STAPES_RETURN_IF_ERROR(expect_symmetric(context, filter));
  STAPES_RETURN_IF_ERROR(expect_integers(context, output, input.type));
  if (bias.present()) STAPES_RETURN_IF_ERROR(expect_type(context, bias, bias_type(input.type)));
  if (filter.per_channel() && filter.quantized_dimension != channel_axis) {
    return context.failure("the filter's scales don't lie along its output channels", filter);
  }
  STAPES_RETURN_IF_ERROR(activation_range(context, activation, output,
                                          &parameters->activation_minimum,
                                          &parameters->activation_maximum));
  parameters->input_offset = -input.zero_point;
  parameters->output_offset = output.zero_point;
  return channel_multipliers(context, parameters->window.output_channels, &parameters->multipliers);
}

Status prepare_conv(PrepareContext& context) { return prepare_with(context, conv_2d_shape, 0); }

Status prepare_depthwise(PrepareContext& context) {
  return prepare_with(context, depthwise_conv_2d_shape, 3);
}

Status evaluate_conv(const EvaluateContext& context) {
  kernels::conv_2d(context.prepared<reference::Conv2DParameters>(), context.input<int8_t>(0),
                   context.input<int8_t>(1), context.input<int32_t>(2), context.output<int8_t>(0));
  return Status::success();
}

Status evaluate_depthwise(const EvaluateContext& context) {
  kernels::depthwise_conv_2d(context.prepared<reference::Conv2DParameters>(),
                             context.input<int8_t>(0), context.input<int8_t>(1),
                             context.input<int32_t>(2), context.output<int8_t>(0));
  return Status::success();
}

Status evaluate_conv_int16(const EvaluateContext& context) {
  reference::conv_2d(context.prepared<reference::Conv2DParameters>(), context.input<int16_t>(0),
                     context.input<int8_t>(1), context.input<int64_t>(2),
                     context.output<int16_t>(0));
  return Status::success();
}

Status evaluate_depthwise_int16(const EvaluateContext& context) {
  reference::depthwise_conv_2d(context.prepared<reference::Conv2DParameters>(),
                               context.input<int16_t>(0), context.input<int8_t>(1),
                               context.input<int64_t>(2), context.output<int16_t>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kConv2DInt8 = {OperatorCode::kConv2D, TensorType::kInt8, prepare_conv,
                                    evaluate_conv};
const OperatorKernel kDepthwiseConv2DInt8 = {OperatorCode::kDepthwiseConv2D, TensorType::kInt8,
                                             prepare_depthwise, evaluate_depthwise};
const OperatorKernel kConv2DInt16 = {OperatorCode::kConv2D, TensorType::kInt16, prepare_conv,
                                     evaluate_conv_int16};
const OperatorKernel kDepthwiseConv2DInt16 = {OperatorCode::kDepthwiseConv2D, TensorType::kInt16,
                                              prepare_depthwise, evaluate_depthwise_int16};

}  // namespace stapes
