#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/shapes.h"
#include "device/kernels/kernels.h"

// AVERAGE_POOL_2D, MAX_POOL_2D.
namespace stapes {
namespace {

Status prepare(PrepareContext& context) {
  auto* parameters = context.allocate_prepared<reference::Pool2DParameters>();
  if (parameters == nullptr) return context.out_of_memory();
  Activation activation = Activation::kNone;
  STAPES_RETURN_IF_ERROR(pool_2d_shape(context, &parameters->window, &activation));
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_integers(context, output, context.input(0).type));
  STAPES_RETURN_IF_ERROR(expect_same_numbers(context, context.input(0), output));
  return activation_range(context, activation, output, &parameters->activation_minimum,
                          &parameters->activation_maximum);
}

template <typename T, void (*kKernel)(const reference::Pool2DParameters&, const T*, T*)>
Status evaluate(const EvaluateContext& context) {
  kKernel(context.prepared<reference::Pool2DParameters>(), context.input<T>(0),
          context.output<T>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kAveragePool2DInt8 = {OperatorCode::kAveragePool2D, TensorType::kInt8, prepare,
                                           evaluate<int8_t, kernels::average_pool_2d>};
const OperatorKernel kMaxPool2DInt8 = {OperatorCode::kMaxPool2D, TensorType::kInt8, prepare,
                                       evaluate<int8_t, reference::max_pool_2d>};

const OperatorKernel kAveragePool2DInt16 = {OperatorCode::kAveragePool2D, TensorType::kInt16,
                                            prepare, evaluate<int16_t, reference::average_pool_2d>};
const OperatorKernel kMaxPool2DInt16 = {OperatorCode::kMaxPool2D, TensorType::kInt16, prepare,
                                        evaluate<int16_t, reference::max_pool_2d>};

}  // namespace stapes
