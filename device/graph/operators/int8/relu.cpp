#include "device/kernels/reference/relu.h"

#include "device/graph/operators/checks.h"
#include "device/graph/operators/int8/scales.h"
#include "device/graph/operators/operators.h"

// RELU, RELU6.
namespace stapes {
namespace {

Status prepare_with(PrepareContext& context, Activation activation) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 1, 1));
  const TensorView input = context.input(0);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_integers(context, input, input.type));
  STAPES_RETURN_IF_ERROR(expect_integers(context, output, input.type));
  STAPES_RETURN_IF_ERROR(expect_shape(context, output, input.shape));
  auto* parameters = context.allocate_prepared<reference::ReluParameters>();
  if (parameters == nullptr) return context.out_of_memory();
  parameters->elements = input.shape.elements();
  parameters->input_offset = -input.zero_point;
  parameters->output_offset = output.zero_point;
  context.allow_in_place(0);
  STAPES_RETURN_IF_ERROR(
      activation_range(context, activation, output, &parameters->minimum, &parameters->maximum));
  return make_multiplier(context,
                         static_cast<double>(input.scale) / static_cast<double>(output.scale),
                         &parameters->multiplier);
}

Status prepare_relu(PrepareContext& context) { return prepare_with(context, Activation::kRelu); }

// TensorFlow Lite Micro clamps the stored values here, so the scales must be the same.
Status prepare_relu6(PrepareContext& context) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 1, 1));
  STAPES_RETURN_IF_ERROR(expect_same_numbers(context, context.input(0), context.output(0)));
  return prepare_with(context, Activation::kRelu6);
}

template <typename T>
Status evaluate(const EvaluateContext& context) {
  reference::relu(context.prepared<reference::ReluParameters>(), context.input<T>(0),
                  context.output<T>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kReluInt8 = {OperatorCode::kRelu, TensorType::kInt8, prepare_relu,
                                  evaluate<int8_t>};
const OperatorKernel kRelu6Int8 = {OperatorCode::kRelu6, TensorType::kInt8, prepare_relu6,
                                   evaluate<int8_t>};

const OperatorKernel kReluInt16 = {OperatorCode::kRelu, TensorType::kInt16, prepare_relu,
                                   evaluate<int16_t>};
const OperatorKernel kRelu6Int16 = {OperatorCode::kRelu6, TensorType::kInt16, prepare_relu6,
                                    evaluate<int16_t>};

}  // namespace stapes
