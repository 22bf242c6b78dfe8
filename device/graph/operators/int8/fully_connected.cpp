#include "device/graph/operators/checks.h"
#include "device/graph/operators/int8/scales.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/shapes.h"
#include "device/kernels/kernels.h"
#include "device/kernels/reference/fully_connected_int16.h"

namespace stapes {
namespace {

Status prepare(PrepareContext& context) {
  auto* parameters = context.allocate_prepared<reference::FullyConnectedParameters>();
  if (parameters == nullptr) return context.out_of_memory();
  Activation activation = Activation::kNone;
  STAPES_RETURN_IF_ERROR(fully_connected_shape(context, &parameters->product, &activation));
  const TensorView input = context.input(0);
  const TensorView weights = context.input(1);
  const TensorView bias = context.input(2);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_integers(context, input, input.type));
  STAPES_RETURN_IF_ERROR(expect_type(context, weights, TensorType::kInt8));
  STAPES_RETURN_IF_ERROR(expect_symmetric(context, weights));
  STAPES_RETURN_IF_ERROR(expect_integers(context, output, input.type));
  if (bias.present()) STAPES_RETURN_IF_ERROR(expect_type(context, bias, bias_type(input.type)));
  STAPES_RETURN_IF_ERROR(activation_range(context, activation, output,
                                          &parameters->activation_minimum,
                                          &parameters->activation_maximum));
  parameters->input_offset = -input.zero_point;
  parameters->output_offset = output.zero_point;
  if (weights.per_channel()) {
    if (weights.quantized_dimension != 0) {
      return context.failure("the weights' scales don't lie along the outputs", weights);
    }
    return channel_multipliers(context, parameters->product.output_depth, &parameters->multipliers);
  }
  STAPES_RETURN_IF_ERROR(expect_scale(context, weights));
  return product_multiplier(context, input.scale, weights.scale, static_cast<double>(output.scale),
                            &parameters->multiplier);
}

Status evaluate(const EvaluateContext& context) {
  kernels::fully_connected(context.prepared<reference::FullyConnectedParameters>(),
                           context.input<int8_t>(0), context.input<int8_t>(1),
                           context.input<int32_t>(2), context.output<int8_t>(0));
  return Status::success();
}

Status evaluate_int16(const EvaluateContext& context) {
  reference::fully_connected(context.prepared<reference::FullyConnectedParameters>(),
                             context.input<int16_t>(0), context.input<int8_t>(1),
                             context.input<int64_t>(2), context.output<int16_t>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kFullyConnectedInt8 = {OperatorCode::kFullyConnected, TensorType::kInt8,
                                            prepare, evaluate};
const OperatorKernel kFullyConnectedInt16 = {OperatorCode::kFullyConnected, TensorType::kInt16,
                                             prepare, evaluate_int16};

}  // namespace stapes
