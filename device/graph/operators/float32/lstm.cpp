#include "device/kernels/float32/lstm.h"

#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/prepared.h"
#include "device/graph/operators/shapes.h"

// UNIDIRECTIONAL_SEQUENCE_LSTM in float32. The activation of the file (TANH) is that of cell gate
// and cell; others are refused.
namespace stapes {
namespace {

using Prepared = PreparedFloatLstm;

Status prepare(PrepareContext& context) {
  LstmShape shape{};
  LstmOptions options;
  STAPES_RETURN_IF_ERROR(lstm_shape(context, &shape, &options));
  if (options.activation != Activation::kTanh) {
    return context.failure("the LSTM's activation isn't TANH");
  }
  for (int32_t i = 0; i < context.inputs(); ++i) {
    if (!context.input(i).present()) continue;
    STAPES_RETURN_IF_ERROR(expect_type(context, context.input(i), TensorType::kFloat32));
  }
  STAPES_RETURN_IF_ERROR(expect_type(context, context.output(0), TensorType::kFloat32));
  auto* prepared = context.allocate_prepared<Prepared>();
  if (prepared == nullptr) return context.out_of_memory();
  prepared->shape = shape;
  prepared->cell_clip = options.cell_clip;
  context.request_scratch(static_cast<size_t>(float32::lstm_scratch(shape)) * sizeof(float));
  return Status::success();
}

Status evaluate(const EvaluateContext& context) {
  const auto& prepared = context.prepared<Prepared>();
  float32::LstmWeights weights{};
  for (int32_t gate = 0; gate < 4; ++gate) {
    weights.input[gate] = context.input<float>(1 + gate);
    weights.recurrent[gate] = context.input<float>(5 + gate);
    weights.bias[gate] = context.input<float>(12 + gate);
    weights.coefficients[gate] = context.input<float>(20 + gate);
  }
  float32::lstm(prepared.shape, prepared.cell_clip, context.input<float>(0), weights,
                context.variable<float>(18), context.variable<float>(19), context.scratch<float>(),
                context.output<float>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kUnidirectionalSequenceLstmFloat32 = {
    OperatorCode::kUnidirectionalSequenceLstm, TensorType::kFloat32, prepare, evaluate};

}  // namespace stapes
