#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/prepared.h"
#include "device/kernels/reference/copy.h"

// RESHAPE, SQUEEZE, EXPAND_DIMS: the output's shape in the file says everything that the other
// operands and the options would say again; only the number of elements must agree.
namespace stapes {
namespace {

using Prepared = PreparedCopy;

Status prepare(PrepareContext& context) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 1, 2));
  const TensorView input = context.input(0);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_same_numbers(context, input, output));
  if (input.bytes != output.bytes) {
    return context.failure("output has another number of elements than the input", output);
  }
  auto* prepared = context.allocate_prepared<Prepared>();
  if (prepared == nullptr) return context.out_of_memory();
  prepared->bytes = input.bytes;
  context.allow_in_place(0);
  return Status::success();
}

Status evaluate(const EvaluateContext& context) {
  reference::copy(context.input<void>(0), context.prepared<Prepared>().bytes,
                  context.output<void>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kReshape = {OperatorCode::kReshape, TensorType::kInt8, prepare, evaluate,
                                 true};
const OperatorKernel kSqueeze = {OperatorCode::kSqueeze, TensorType::kInt8, prepare, evaluate,
                                 true};
const OperatorKernel kExpandDims = {OperatorCode::kExpandDims, TensorType::kInt8, prepare, evaluate,
                                    true};

}  // namespace stapes
