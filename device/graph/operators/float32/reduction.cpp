#include "device/kernels/float32/reduction.h"

#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/shapes.h"

// MEAN, SUM: input, constant axes -> output.
namespace stapes {
namespace {

using Prepared = Reduction;

Status prepare(PrepareContext& context) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 2, 2));
  STAPES_RETURN_IF_ERROR(expect_type(context, context.output(0), TensorType::kFloat32));
  auto* prepared = context.allocate_prepared<Prepared>();
  if (prepared == nullptr) return context.out_of_memory();
  return reduction_shape(context, prepared);
}

template <void (*kKernel)(const Reduction&, const float*, float*)>
Status evaluate(const EvaluateContext& context) {
  kKernel(context.prepared<Prepared>(), context.input<float>(0), context.output<float>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kMeanFloat32 = {OperatorCode::kMean, TensorType::kFloat32, prepare,
                                     evaluate<float32::mean>};
const OperatorKernel kSumFloat32 = {OperatorCode::kSum, TensorType::kFloat32, prepare,
                                    evaluate<float32::sum>};

}  // namespace stapes
