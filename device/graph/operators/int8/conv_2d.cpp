#include "device/graph/operators/checks.h"
#include "device/graph/operators/int8/scales.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/prepared.h"
#include "device/graph/operators/shapes.h"
#include "device/kernels/kernels.h"
#include "device/kernels/reference/conv_2d_int16.h"

// CONV_2D and DEPTHWISE_CONV_2D differ in shape and kernel only.
namespace stapes {
namespace {

using Shape2D = Status (*)(const PrepareContext&, Window2D*, Activation*);

using Parameters = reference::Conv2DParameters;
using ParametersInt16 = PreparedInt16<Parameters>;

Status fill(PrepareContext& context, Shape2D shape, int32_t channel_axis, Parameters* parameters) {
  Activation activation = Activation::kNone;
  STAPES_RETURN_IF_ERROR(shape(context, &parameters->window, &activation));
  const TensorView input = context.input(0);
  const TensorView filter = context.input(1);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_integers(context, input, input.type));
  STAPES_RETURN_IF_ERROR(expect_type(context, filter, TensorType::kInt8));
  STAPES_RETURN_IF_ERROR(expect_symmetric(context, filter));
  STAPES_RETURN_IF_ERROR(expect_integers(context, output, input.type));
  const bool depthwise = channel_axis == 3;
  STAPES_RETURN_IF_ERROR(expect_bias_type(context, !depthwise));
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

template <Shape2D kShape, int32_t kChannelAxis>
Status prepare(PrepareContext& context) {
  auto* parameters = context.allocate_prepared<Parameters>();
  if (parameters == nullptr) return context.out_of_memory();
  return fill(context, kShape, kChannelAxis, parameters);
}

template <Shape2D kShape, int32_t kChannelAxis>
Status prepare_int16(PrepareContext& context) {
  auto* prepared = context.allocate_prepared<ParametersInt16>();
  if (prepared == nullptr) return context.out_of_memory();
  prepared->in_32_bits = sums_in_32_bits(context);
  return fill(context, kShape, kChannelAxis, &prepared->parameters);
}

Status evaluate_conv(const EvaluateContext& context) {
  kernels::conv_2d(context.prepared<Parameters>(), context.input<int8_t>(0),
                   context.input<int8_t>(1), context.input<int32_t>(2), context.output<int8_t>(0));
  return Status::success();
}

Status evaluate_depthwise(const EvaluateContext& context) {
  kernels::depthwise_conv_2d(context.prepared<Parameters>(), context.input<int8_t>(0),
                             context.input<int8_t>(1), context.input<int32_t>(2),
                             context.output<int8_t>(0));
  return Status::success();
}

template <typename Bias, typename Kernel>
Status evaluate_with(const EvaluateContext& context, Kernel* kernel) {
  kernel(context.prepared<ParametersInt16>().parameters, context.input<int16_t>(0),
         context.input<int8_t>(1), context.input<Bias>(2), context.output<int16_t>(0));
  return Status::success();
}

using KernelInt16 = void(const Parameters&, const int16_t*, const int8_t*, const int64_t*,
                         int16_t*);

Status evaluate_conv_int16(const EvaluateContext& context) {
  if (context.prepared<ParametersInt16>().in_32_bits) {
    return evaluate_with<int32_t>(context, reference::conv_2d_in_32_bits);
  }
  return evaluate_with<int64_t, KernelInt16>(context, reference::conv_2d);
}

Status evaluate_depthwise_int16(const EvaluateContext& context) {
  return evaluate_with<int64_t, KernelInt16>(context, reference::depthwise_conv_2d);
}

}  // namespace

const OperatorKernel kConv2DInt8 = {OperatorCode::kConv2D, TensorType::kInt8,
                                    prepare<conv_2d_shape, 0>, evaluate_conv};
const OperatorKernel kDepthwiseConv2DInt8 = {OperatorCode::kDepthwiseConv2D, TensorType::kInt8,
                                             prepare<depthwise_conv_2d_shape, 3>,
                                             evaluate_depthwise};
const OperatorKernel kConv2DInt16 = {OperatorCode::kConv2D, TensorType::kInt16,
                                     prepare_int16<conv_2d_shape, 0>, evaluate_conv_int16};
const OperatorKernel kDepthwiseConv2DInt16 = {OperatorCode::kDepthwiseConv2D, TensorType::kInt16,
                                              prepare_int16<depthwise_conv_2d_shape, 3>,
                                              evaluate_depthwise_int16};

}  // namespace stapes
