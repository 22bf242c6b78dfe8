#include "device/kernels/reference/pad.h"

#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/prepared.h"

namespace stapes {
namespace {

using Prepared = PreparedPad;

Status prepare(PrepareContext& context) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 2, 2));
  const TensorView input = context.input(0);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_same_numbers(context, input, output));
  const int32_t rank = input.shape.rank;
  if (rank < 1) return context.failure("the input is a single number", input);
  STAPES_RETURN_IF_ERROR(expect_rank(context, output, rank));
  IntegerList paddings;  // [rank, 2]
  STAPES_RETURN_IF_ERROR(read_integers(context, context.input(1), &paddings));
  if (paddings.count != 2 * rank) {
    return context.failure("the paddings aren't two per axis", context.input(1));
  }
  auto* prepared = context.allocate_prepared<Prepared>();
  if (prepared == nullptr) return context.out_of_memory();
  prepared->element_bytes = static_cast<int32_t>(size_of_element(input.type));
  // Real 0; for a float and for an integer without scale, that is stored as 0.
  prepared->value = static_cast<uint64_t>(static_cast<int64_t>(input.zero_point));
  Padded& padded = prepared->padded;
  padded.axes = rank;
  for (int32_t axis = 0; axis < rank; ++axis) {
    const int64_t before = paddings.values[2 * axis];
    const int64_t after = paddings.values[2 * axis + 1];
    if (before < 0 || after < 0 || before + input.shape[axis] + after != output.shape[axis]) {
      return context.failure("the output's shape doesn't follow from the paddings", output);
    }
    padded.input_extent[axis] = input.shape[axis];
    padded.before[axis] = static_cast<int32_t>(before);
    padded.after[axis] = static_cast<int32_t>(after);
  }
  return Status::success();
}

Status evaluate(const EvaluateContext& context) {
  const auto& prepared = context.prepared<Prepared>();
  reference::pad(prepared.padded, prepared.element_bytes, prepared.value, context.input<void>(0),
                 context.output<void>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kPad = {OperatorCode::kPad, TensorType::kInt8, prepare, evaluate, true};

}  // namespace stapes
