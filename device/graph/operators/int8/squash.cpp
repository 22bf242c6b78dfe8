#include "device/kernels/reference/squash.h"

#include <cmath>

#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"

// LOGISTIC, TANH.
namespace stapes {
namespace {

constexpr int32_t kIntegerBits = 4;  // of the scaled input, Q4.27

// The first distance from the zero point that leaves Q4.27.
int32_t input_radius(int32_t left_shift) {
  const double largest = 15.0 * (1 << (31 - kIntegerBits));
  return static_cast<int32_t>(std::floor(std::ldexp(largest, -left_shift)));
}

Status prepare_with(PrepareContext& context, float output_scale, int32_t output_zero_point) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 1, 1));
  const TensorView input = context.input(0);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_scale(context, input));
  STAPES_RETURN_IF_ERROR(expect_type(context, output, TensorType::kInt8));
  STAPES_RETURN_IF_ERROR(expect_scale(context, output));
  STAPES_RETURN_IF_ERROR(expect_shape(context, output, input.shape));
  if (output.scale != output_scale || output.zero_point != output_zero_point) {
    return context.failure("the output hasn't the scale and zero point that the operator fixes",
                           output);
  }
  auto* parameters = context.allocate_prepared<reference::SquashParameters>();
  if (parameters == nullptr) return context.out_of_memory();
  parameters->elements = input.shape.elements();
  parameters->input_offset = -input.zero_point;
  context.allow_in_place(0);
  parameters->multiplier =
      reference::quantize_multiplier(static_cast<double>(input.scale) * (1 << (31 - kIntegerBits)));
  if (parameters->multiplier.shift < 0) {
    return context.failure("the input's scale is too small", input);
  }
  parameters->input_radius = input_radius(parameters->multiplier.shift);
  // With a radius of 0 every input gives an extreme, and nothing is multiplied.
  if (parameters->input_radius == 0) parameters->multiplier = {};
  return Status::success();
}

Status prepare_logistic(PrepareContext& context) { return prepare_with(context, 1.0F / 256, -128); }

Status prepare_tanh(PrepareContext& context) { return prepare_with(context, 1.0F / 128, 0); }

template <void (*kKernel)(const reference::SquashParameters&, const int8_t*, int8_t*)>
Status evaluate(const EvaluateContext& context) {
  kKernel(context.prepared<reference::SquashParameters>(), context.input<int8_t>(0),
          context.output<int8_t>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kLogisticInt8 = {OperatorCode::kLogistic, TensorType::kInt8, prepare_logistic,
                                      evaluate<reference::logistic>};
const OperatorKernel kTanhInt8 = {OperatorCode::kTanh, TensorType::kInt8, prepare_tanh,
                                  evaluate<reference::tanh>};

}  // namespace stapes
