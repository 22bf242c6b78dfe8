#include "device/kernels/float32/rows.h"

#include <cmath>

#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/prepared.h"
#include "device/graph/operators/shapes.h"

// SOFTMAX, L2_NORMALIZATION: along the last axis.
namespace stapes {
namespace {

using Prepared = PreparedFloatRows;

Status prepare(PrepareContext& context) {
  int32_t rows = 0;
  int32_t depth = 0;
  STAPES_RETURN_IF_ERROR(rows_of_last_axis(context, &rows, &depth));
  STAPES_RETURN_IF_ERROR(expect_type(context, context.output(0), TensorType::kFloat32));
  const float beta = context.options(OptionsTag::kSoftmax).scalar<float>(0, 0.0F);
  if (!std::isfinite(beta)) return context.failure("the softmax's beta isn't a number");
  if (context.options(OptionsTag::kL2Norm).scalar<int8_t>(0, 0) != 0) {
    return context.failure("the operator has a fused activation that isn't supported");
  }
  auto* prepared = context.allocate_prepared<Prepared>();
  if (prepared == nullptr) return context.out_of_memory();
  *prepared = {rows, depth, beta};
  context.allow_in_place(0);
  return Status::success();
}

Status evaluate_softmax(const EvaluateContext& context) {
  const auto& prepared = context.prepared<Prepared>();
  float32::softmax(context.input<float>(0), prepared.rows, prepared.depth, prepared.beta,
                   context.output<float>(0));
  return Status::success();
}

Status evaluate_l2_normalization(const EvaluateContext& context) {
  const auto& prepared = context.prepared<Prepared>();
  float32::l2_normalization(context.input<float>(0), prepared.rows, prepared.depth,
                            context.output<float>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kSoftmaxFloat32 = {OperatorCode::kSoftmax, TensorType::kFloat32, prepare,
                                        evaluate_softmax};
const OperatorKernel kL2NormalizationFloat32 = {
    OperatorCode::kL2Normalization, TensorType::kFloat32, prepare, evaluate_l2_normalization};

}  // namespace stapes
