#include "device/graph/operators/checks.h"
#include "device/graph/operators/int8/scales.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/prepared.h"
#include "device/graph/operators/shapes.h"
#include "device/kernels/kernels.h"
#include "device/kernels/reference/fully_connected_int16.h"

namespace stapes {
namespace {

using Parameters = reference::FullyConnectedParameters;
using ParametersInt16 = PreparedInt16<Parameters>;

Status fill(PrepareContext& context, Parameters* parameters) {
  Activation activation = Activation::kNone;
  STAPES_RETURN_IF_ERROR(fully_connected_shape(context, &parameters->product, &activation));
  const TensorView input = context.input(0);
  const TensorView weights = context.input(1);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_integers(context, input, input.type));
  STAPES_RETURN_IF_ERROR(expect_type(context, weights, TensorType::kInt8));
  STAPES_RETURN_IF_ERROR(expect_symmetric(context, weights));
  STAPES_RETURN_IF_ERROR(expect_integers(context, output, input.type));
  STAPES_RETURN_IF_ERROR(expect_bias_type(context, true));
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

Status prepare(PrepareContext& context) {
  auto* parameters = context.allocate_prepared<Parameters>();
  return parameters == nullptr ? context.out_of_memory() : fill(context, parameters);
}

Status prepare_int16(PrepareContext& context) {
  auto* prepared = context.allocate_prepared<ParametersInt16>();
  if (prepared == nullptr) return context.out_of_memory();
  prepared->in_32_bits = sums_in_32_bits(context);
  return fill(context, &prepared->parameters);
}

Status evaluate(const EvaluateContext& context) {
  kernels::fully_connected(context.prepared<Parameters>(), context.input<int8_t>(0),
                           context.input<int8_t>(1), context.input<int32_t>(2),
                           context.output<int8_t>(0));
  return Status::success();
}

Status evaluate_int16(const EvaluateContext& context) {
  const auto& prepared = context.prepared<ParametersInt16>();
  const auto* input = context.input<int16_t>(0);
  const auto* weights = context.input<int8_t>(1);
  auto* output = context.output<int16_t>(0);
  if (prepared.in_32_bits) {
    reference::fully_connected_in_32_bits(prepared.parameters, input, weights,
                                          context.input<int32_t>(2), output);
  } else {
    reference::fully_connected(prepared.parameters, input, weights, context.input<int64_t>(2),
                               output);
  }
  return Status::success();
}

}  // namespace

const OperatorKernel kFullyConnectedInt8 = {OperatorCode::kFullyConnected, TensorType::kInt8,
                                            prepare, evaluate};
const OperatorKernel kFullyConnectedInt16 = {OperatorCode::kFullyConnected, TensorType::kInt16,
                                             prepare_int16, evaluate_int16};

}  // namespace stapes
