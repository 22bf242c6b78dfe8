#include "device/kernels/float32/activation.h"

#include <limits>

#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/prepared.h"

// LOGISTIC, TANH, RSQRT, RELU, RELU6: element by element.
namespace stapes {
namespace {

using Prepared = PreparedFloatActivation;

Status prepare(PrepareContext& context) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 1, 1));
  STAPES_RETURN_IF_ERROR(expect_type(context, context.output(0), TensorType::kFloat32));
  STAPES_RETURN_IF_ERROR(expect_shape(context, context.output(0), context.input(0).shape));
  auto* prepared = context.allocate_prepared<Prepared>();
  if (prepared == nullptr) return context.out_of_memory();
  prepared->elements = context.input(0).shape.elements();
  context.allow_in_place(0);
  return Status::success();
}

template <void (*kKernel)(const float*, int32_t, float*)>
Status evaluate(const EvaluateContext& context) {
  kKernel(context.input<float>(0), context.prepared<Prepared>().elements, context.output<float>(0));
  return Status::success();
}

void relu(const float* input, int32_t count, float* output) {
  float32::clamp(input, count, 0.0F, std::numeric_limits<float>::infinity(), output);
}

void relu6(const float* input, int32_t count, float* output) {
  float32::clamp(input, count, 0.0F, 6.0F, output);
}

}  // namespace

const OperatorKernel kLogisticFloat32 = {OperatorCode::kLogistic, TensorType::kFloat32, prepare,
                                         evaluate<float32::logistic>};
const OperatorKernel kTanhFloat32 = {OperatorCode::kTanh, TensorType::kFloat32, prepare,
                                     evaluate<float32::tanh>};
const OperatorKernel kRsqrtFloat32 = {OperatorCode::kRsqrt, TensorType::kFloat32, prepare,
                                      evaluate<float32::rsqrt>};
const OperatorKernel kReluFloat32 = {OperatorCode::kRelu, TensorType::kFloat32, prepare,
                                     evaluate<relu>};
const OperatorKernel kRelu6Float32 = {OperatorCode::kRelu6, TensorType::kFloat32, prepare,
                                      evaluate<relu6>};

}  // namespace stapes
