#include "device/kernels/float32/pool.h"

#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/shapes.h"

// AVERAGE_POOL_2D, MAX_POOL_2D: input -> output.
namespace stapes {
namespace {

using Prepared = float32::Conv2DParameters;

Status prepare(PrepareContext& context) {
  Window2D window{};
  Activation activation{};
  STAPES_RETURN_IF_ERROR(pool_2d_shape(context, &window, &activation));
  STAPES_RETURN_IF_ERROR(expect_type(context, context.output(0), TensorType::kFloat32));
  auto* prepared = context.allocate_prepared<Prepared>();
  if (prepared == nullptr) return context.out_of_memory();
  prepared->window = window;
  return activation_range(context, activation, &prepared->minimum, &prepared->maximum);
}

template <void (*kKernel)(const float32::Conv2DParameters&, const float*, float*)>
Status evaluate(const EvaluateContext& context) {
  kKernel(context.prepared<Prepared>(), context.input<float>(0), context.output<float>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kAveragePool2DFloat32 = {OperatorCode::kAveragePool2D, TensorType::kFloat32,
                                              prepare, evaluate<float32::average_pool_2d>};
const OperatorKernel kMaxPool2DFloat32 = {OperatorCode::kMaxPool2D, TensorType::kFloat32, prepare,
                                          evaluate<float32::max_pool_2d>};

}  // namespace stapes
