#include "device/kernels/float32/elementwise.h"

#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/shapes.h"

// ADD, SUB, MUL, SQUARED_DIFFERENCE: two inputs, broadcast -> output.
namespace stapes {
namespace {

using Prepared = float32::ElementwiseParameters;

template <OptionsTag kTag>
Status prepare(PrepareContext& context) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 2, 2));
  const TensorView first = context.input(0);
  const TensorView second = context.input(1);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_type(context, second, TensorType::kFloat32));
  STAPES_RETURN_IF_ERROR(expect_type(context, output, TensorType::kFloat32));
  auto* prepared = context.allocate_prepared<Prepared>();
  if (prepared == nullptr) return context.out_of_memory();
  STAPES_RETURN_IF_ERROR(broadcast_shape(context, first, second, output, &prepared->broadcast));
  if (first.shape == output.shape) context.allow_in_place(0);
  if (second.shape == output.shape) context.allow_in_place(1);
  const FlatTable options = context.options(kTag);
  return activation_range(context, static_cast<Activation>(options.scalar<int8_t>(0, 0)),
                          &prepared->minimum, &prepared->maximum);
}

template <void (*kKernel)(const float32::ElementwiseParameters&, const float*, const float*,
                          float*)>
Status evaluate(const EvaluateContext& context) {
  kKernel(context.prepared<Prepared>(), context.input<float>(0), context.input<float>(1),
          context.output<float>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kAddFloat32 = {OperatorCode::kAdd, TensorType::kFloat32,
                                    prepare<OptionsTag::kAdd>, evaluate<float32::add>};
const OperatorKernel kSubFloat32 = {OperatorCode::kSub, TensorType::kFloat32,
                                    prepare<OptionsTag::kSub>, evaluate<float32::sub>};
const OperatorKernel kMulFloat32 = {OperatorCode::kMul, TensorType::kFloat32,
                                    prepare<OptionsTag::kMul>, evaluate<float32::mul>};
// SquaredDifferenceOptions has no fields, so reading an activation gives NONE.
const OperatorKernel kSquaredDifferenceFloat32 = {
    OperatorCode::kSquaredDifference, TensorType::kFloat32, prepare<OptionsTag::kSquaredDifference>,
    evaluate<float32::squared_difference>};

}  // namespace stapes
