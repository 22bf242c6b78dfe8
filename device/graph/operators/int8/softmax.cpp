#include "device/kernels/reference/softmax.h"

#include <cmath>

#include "device/graph/operators/checks.h"
#include "device/graph/operators/int8/scales.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/shapes.h"
#include "device/kernels/reference/softmax_int16.h"

namespace stapes {
namespace {

constexpr int32_t kIntegerBits = 5;  // of the difference to the maximum, Q5.26

// The largest difference that stays inside Q5.26 after scaling.
int32_t input_radius(int32_t left_shift) {
  const double radius =
      31.0 * (1 << (31 - kIntegerBits)) / static_cast<double>(int64_t{1} << left_shift);
  return static_cast<int32_t>(std::floor(radius));
}

Status prepare(PrepareContext& context) {
  auto* parameters = context.allocate_prepared<reference::SoftmaxParameters>();
  if (parameters == nullptr) return context.out_of_memory();
  STAPES_RETURN_IF_ERROR(rows_of_last_axis(context, &parameters->rows, &parameters->depth));
  const TensorView input = context.input(0);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_scale(context, input));
  STAPES_RETURN_IF_ERROR(expect_type(context, output, TensorType::kInt8));
  STAPES_RETURN_IF_ERROR(expect_scale(context, output));
  if (output.scale != 1.0F / 256 || output.zero_point != -128) {
    return context.failure("a softmax's output hasn't scale 1/256 and zero point -128", output);
  }
  // The sum of exponentials is kept in Q12.19.
  if (parameters->depth >= 1 << 12) {
    return context.failure("a softmax is over more than 4095 elements", input);
  }
  const auto beta = context.options(OptionsTag::kSoftmax).scalar<float>(0, 1.0F);
  if (!(beta > 0.0F)) return context.failure("a softmax's beta isn't positive");
  double real =
      static_cast<double>(beta) * static_cast<double>(input.scale) * (1 << (31 - kIntegerBits));
  constexpr double kLargest = static_cast<double>(INT32_MAX);
  if (real > kLargest) real = kLargest;
  parameters->multiplier = reference::quantize_multiplier(real);
  if (parameters->multiplier.shift < 0 || !(real >= 1.0)) {
    return context.failure("a softmax's input scale is too small", input);
  }
  parameters->minimum_difference = -input_radius(parameters->multiplier.shift);
  context.allow_in_place(0);
  return Status::success();
}

Status evaluate(const EvaluateContext& context) {
  reference::softmax(context.prepared<reference::SoftmaxParameters>(), context.input<int8_t>(0),
                     context.output<int8_t>(0));
  return Status::success();
}

Status prepare_int16(PrepareContext& context) {
  auto* parameters = context.allocate_prepared<reference::SoftmaxInt16Parameters>();
  if (parameters == nullptr) return context.out_of_memory();
  STAPES_RETURN_IF_ERROR(rows_of_last_axis(context, &parameters->rows, &parameters->depth));
  const TensorView input = context.input(0);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_integers(context, input, TensorType::kInt16));
  STAPES_RETURN_IF_ERROR(expect_integers(context, output, TensorType::kInt16));
  if (output.scale != 1.0F / 32768) {
    return context.failure("a softmax's int16 output hasn't scale 1/32768", output);
  }
  // The sum of exponentials is kept in Q16.15.
  if (parameters->depth >= 1 << 16) {
    return context.failure("a softmax is over more than 65535 elements", input);
  }
  const auto beta = context.options(OptionsTag::kSoftmax).scalar<float>(0, 1.0F);
  if (!(beta > 0.0F)) return context.failure("a softmax's beta isn't positive");
  context.allow_in_place(0);
  return make_multiplier(
      context, static_cast<double>(input.scale) * static_cast<double>(beta) / (10.0 / 65535.0),
      &parameters->multiplier);
}

Status evaluate_int16(const EvaluateContext& context) {
  reference::softmax(context.prepared<reference::SoftmaxInt16Parameters>(),
                     context.input<int16_t>(0), context.output<int16_t>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kSoftmaxInt8 = {OperatorCode::kSoftmax, TensorType::kInt8, prepare, evaluate};
const OperatorKernel kSoftmaxInt16 = {OperatorCode::kSoftmax, TensorType::kInt16, prepare_int16,
                                      evaluate_int16};

}  // namespace stapes
