#include "device/kernels/reference/rsqrt.h"

#include <cmath>

#include "device/graph/operators/checks.h"
#include "device/graph/operators/int8/scales.h"
#include "device/graph/operators/operators.h"

namespace stapes {
namespace {

Status prepare(PrepareContext& context) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 1, 1));
  const TensorView input = context.input(0);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_scale(context, input));
  STAPES_RETURN_IF_ERROR(expect_type(context, output, TensorType::kInt8));
  STAPES_RETURN_IF_ERROR(expect_scale(context, output));
  STAPES_RETURN_IF_ERROR(expect_shape(context, output, input.shape));
  auto* parameters = context.allocate_prepared<reference::RsqrtParameters>();
  if (parameters == nullptr) return context.out_of_memory();
  parameters->elements = input.shape.elements();
  parameters->input_offset = -input.zero_point;
  parameters->output_offset = output.zero_point;
  context.allow_in_place(0);
  const float divisor = std::sqrt(input.scale) * output.scale;
  return make_multiplier(context, 1.0 / static_cast<double>(divisor), &parameters->multiplier);
}

Status evaluate(const EvaluateContext& context) {
  if (reference::rsqrt(context.prepared<reference::RsqrtParameters>(), context.input<int8_t>(0),
                       context.output<int8_t>(0))) {
    return Status::success();
  }
  return context.failure("RSQRT met a negative number");
}

}  // namespace

const OperatorKernel kRsqrtInt8 = {OperatorCode::kRsqrt, TensorType::kInt8, prepare, evaluate};

}  // namespace stapes
