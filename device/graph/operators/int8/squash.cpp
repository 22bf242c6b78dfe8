#include "device/kernels/reference/squash.h"

#include <cmath>

#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"
#include "device/kernels/reference/squash_int16.h"

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

// Input in steps of 1 / (3 * 2^12), as the table has them, of a scale that is a power of two not
// far from 2^-12; otherwise the largest multiplier of 15 bits is looked for.
Status prepare_int16(PrepareContext& context, int32_t largest_power) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 1, 1));
  const TensorView input = context.input(0);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_integers(context, input, TensorType::kInt16));
  STAPES_RETURN_IF_ERROR(expect_integers(context, output, TensorType::kInt16));
  STAPES_RETURN_IF_ERROR(expect_shape(context, output, input.shape));
  if (output.scale != 1.0F / 32768) {
    return context.failure("the output hasn't the scale and zero point that the operator fixes",
                           output);
  }
  auto* parameters = context.allocate_prepared<reference::SquashInt16Parameters>();
  if (parameters == nullptr) return context.out_of_memory();
  parameters->elements = input.shape.elements();
  context.allow_in_place(0);
  // Every power of two up to the largest is exact: the rest of this function would make the same
  // numbers with a multiplier of 3 * 2^n, but rounds differently.
  int32_t power = 0;
  while (power < largest_power && std::ldexp(1.0F, power - 12) != input.scale) ++power;
  parameters->shift = 0;
  if (std::ldexp(1.0F, power - 12) == input.scale) {
    parameters->multiplier = 3 << power;
    return Status::success();
  }
  double multiplier = static_cast<double>(input.scale) * 4096.0 * 3.0;
  while (multiplier <= 32767.0 / 2.0 && parameters->shift <= 30) {
    ++parameters->shift;
    multiplier *= 2.0;
  }
  if (multiplier > 32767.0) return context.failure("the input's scale is too large", input);
  parameters->multiplier = static_cast<int32_t>(multiplier);
  return Status::success();
}

Status prepare_logistic_int16(PrepareContext& context) { return prepare_int16(context, 0); }
Status prepare_tanh_int16(PrepareContext& context) { return prepare_int16(context, 1); }

template <void (*kKernel)(const reference::SquashInt16Parameters&, const int16_t*, int16_t*)>
Status evaluate_int16(const EvaluateContext& context) {
  kKernel(context.prepared<reference::SquashInt16Parameters>(), context.input<int16_t>(0),
          context.output<int16_t>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kLogisticInt8 = {OperatorCode::kLogistic, TensorType::kInt8, prepare_logistic,
                                      evaluate<reference::logistic>};
const OperatorKernel kTanhInt8 = {OperatorCode::kTanh, TensorType::kInt8, prepare_tanh,
                                  evaluate<reference::tanh>};
const OperatorKernel kLogisticInt16 = {OperatorCode::kLogistic, TensorType::kInt16,
                                       prepare_logistic_int16, evaluate_int16<reference::logistic>};
const OperatorKernel kTanhInt16 = {OperatorCode::kTanh, TensorType::kInt16, prepare_tanh_int16,
                                   evaluate_int16<reference::tanh>};

}  // namespace stapes
