#include "device/kernels/kernels.h"

#include "device/graph/operators/checks.h"
#include "device/graph/operators/int8/scales.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/shapes.h"

namespace stapes {
namespace {

Status prepare(PrepareContext& context) {
  auto* parameters = context.allocate_prepared<reference::MeanParameters>();
  if (parameters == nullptr) return context.out_of_memory();
  STAPES_RETURN_IF_ERROR(reduction_shape(context, &parameters->reduction));
  const TensorView input = context.input(0);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_integers(context, input, input.type));
  STAPES_RETURN_IF_ERROR(expect_integers(context, output, input.type));
  const int32_t count = parameters->reduction.reduced_elements;
  if (count > (input.type == TensorType::kInt8 ? 1 << 22 : 1 << 16)) {
    return context.failure("the mean is over too many elements: 2^22 of int8, 2^16 of int16",
                           input);
  }
  parameters->sum_offset = -input.zero_point * count;
  parameters->output_offset = output.zero_point;
  reference::Multiplier multiplier;
  STAPES_RETURN_IF_ERROR(make_multiplier(
      context, static_cast<double>(input.scale) / static_cast<double>(output.scale), &multiplier));
  parameters->multiplier = reference::divide_by_count(multiplier, count);
  return Status::success();
}

Status evaluate(const EvaluateContext& context) {
  kernels::mean(context.prepared<reference::MeanParameters>(), context.input<int8_t>(0),
                context.output<int8_t>(0));
  return Status::success();
}

Status evaluate_int16(const EvaluateContext& context) {
  reference::mean(context.prepared<reference::MeanParameters>(), context.input<int16_t>(0),
                  context.output<int16_t>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kMeanInt8 = {OperatorCode::kMean, TensorType::kInt8, prepare, evaluate};
const OperatorKernel kMeanInt16 = {OperatorCode::kMean, TensorType::kInt16, prepare,
                                   evaluate_int16};

}  // namespace stapes
