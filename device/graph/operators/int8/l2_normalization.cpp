#include "device/kernels/kernels.h"

#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/shapes.h"

namespace stapes {
namespace {

Status prepare(PrepareContext& context) {
  auto* parameters = context.allocate_prepared<reference::L2NormalizationParameters>();
  if (parameters == nullptr) return context.out_of_memory();
  STAPES_RETURN_IF_ERROR(rows_of_last_axis(context, &parameters->rows, &parameters->depth));
  const TensorView input = context.input(0);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_scale(context, input));
  STAPES_RETURN_IF_ERROR(expect_type(context, output, TensorType::kInt8));
  STAPES_RETURN_IF_ERROR(expect_scale(context, output));
  if (output.scale != 1.0F / 128 || output.zero_point != 0) {
    return context.failure("the output hasn't scale 1/128 and zero point 0", output);
  }
  // Otherwise the sum of squares could leave int32_t.
  if (parameters->depth > 1 << 15) {
    return context.failure("the norm is over more than 2^15 elements", input);
  }
  if (context.options(OptionsTag::kL2Norm).scalar<int8_t>(0, 0) != 0) {
    return context.failure("L2_NORMALIZATION has a fused activation");
  }
  parameters->input_offset = -input.zero_point;
  context.allow_in_place(0);
  return Status::success();
}

Status evaluate(const EvaluateContext& context) {
  kernels::l2_normalization(context.prepared<reference::L2NormalizationParameters>(),
                            context.input<int8_t>(0), context.output<int8_t>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kL2NormalizationInt8 = {OperatorCode::kL2Normalization, TensorType::kInt8,
                                             prepare, evaluate};

}  // namespace stapes
