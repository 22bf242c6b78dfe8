#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/shapes.h"
#include "device/kernels/float32/depthwise_conv_2d.h"

// CONV_2D, DEPTHWISE_CONV_2D: input, filter, optional bias -> output.
namespace stapes {
namespace {

using Prepared = float32::Conv2DParameters;

Status finish(PrepareContext& context, const Window2D& window, Activation activation) {
  for (int32_t i = 0; i < context.inputs(); ++i) {
    if (!context.input(i).present()) continue;
    STAPES_RETURN_IF_ERROR(expect_type(context, context.input(i), TensorType::kFloat32));
  }
  STAPES_RETURN_IF_ERROR(expect_type(context, context.output(0), TensorType::kFloat32));
  auto* prepared = context.allocate_prepared<Prepared>();
  if (prepared == nullptr) return context.out_of_memory();
  prepared->window = window;
  return activation_range(context, activation, &prepared->minimum, &prepared->maximum);
}

Status prepare_conv_2d(PrepareContext& context) {
  Window2D window{};
  Activation activation{};
  STAPES_RETURN_IF_ERROR(conv_2d_shape(context, &window, &activation));
  context.request_scratch(static_cast<size_t>(float32::conv_2d_scratch(window)) * sizeof(float));
  return finish(context, window, activation);
}

Status evaluate_conv_2d(const EvaluateContext& context) {
  float32::conv_2d(context.prepared<Prepared>(), context.input<float>(0), context.input<float>(1),
                   context.input<float>(2), context.scratch<float>(), context.output<float>(0));
  return Status::success();
}

Status prepare_depthwise_conv_2d(PrepareContext& context) {
  Window2D window{};
  Activation activation{};
  STAPES_RETURN_IF_ERROR(depthwise_conv_2d_shape(context, &window, &activation));
  return finish(context, window, activation);
}

Status evaluate_depthwise_conv_2d(const EvaluateContext& context) {
  float32::depthwise_conv_2d(context.prepared<Prepared>(), context.input<float>(0),
                             context.input<float>(1), context.input<float>(2),
                             context.output<float>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kConv2DFloat32 = {OperatorCode::kConv2D, TensorType::kFloat32, prepare_conv_2d,
                                       evaluate_conv_2d};
const OperatorKernel kDepthwiseConv2DFloat32 = {OperatorCode::kDepthwiseConv2D,
                                                TensorType::kFloat32, prepare_depthwise_conv_2d,
                                                evaluate_depthwise_conv_2d};

}  // namespace stapes
