#include "device/kernels/float32/fully_connected.h"

#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/shapes.h"

// FULLY_CONNECTED: input, weights [O, I], optional bias -> output.
namespace stapes {
namespace {

using Prepared = float32::FullyConnectedParameters;

Status prepare(PrepareContext& context) {
  MatrixProduct product{};
  Activation activation{};
  STAPES_RETURN_IF_ERROR(fully_connected_shape(context, &product, &activation));
  for (int32_t i = 0; i < context.inputs(); ++i) {
    if (!context.input(i).present()) continue;
    STAPES_RETURN_IF_ERROR(expect_type(context, context.input(i), TensorType::kFloat32));
  }
  STAPES_RETURN_IF_ERROR(expect_type(context, context.output(0), TensorType::kFloat32));
  auto* prepared = context.allocate_prepared<Prepared>();
  if (prepared == nullptr) return context.out_of_memory();
  prepared->product = product;
  context.request_scratch(static_cast<size_t>(float32::fully_connected_scratch(product)) *
                          sizeof(float));
  return activation_range(context, activation, &prepared->minimum, &prepared->maximum);
}

Status evaluate(const EvaluateContext& context) {
  float32::fully_connected(context.prepared<Prepared>(), context.input<float>(0),
                           context.input<float>(1), context.input<float>(2),
                           context.scratch<float>(), context.output<float>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kFullyConnectedFloat32 = {OperatorCode::kFullyConnected, TensorType::kFloat32,
                                               prepare, evaluate};

}  // namespace stapes
