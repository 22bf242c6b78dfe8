#include "device/graph/operators/any/strided.h"
#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"

namespace stapes {
namespace {

Status prepare(PrepareContext& context) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 2, 2));
  const TensorView input = context.input(0);
  const TensorView output = context.output(0);
  IntegerList permutation;
  STAPES_RETURN_IF_ERROR(read_integers(context, context.input(1), &permutation));
  STAPES_RETURN_IF_ERROR(expect_same_numbers(context, input, output));
  const int32_t rank = input.shape.rank;
  STAPES_RETURN_IF_ERROR(expect_rank(context, output, rank));
  if (permutation.count != rank) {
    return context.failure("the permutation hasn't one entry per axis", context.input(1));
  }
  int32_t strides[kMaximumRank] = {};
  row_major_strides(input.shape, strides);
  uint32_t seen = 0;
  StridedCopy copy = {};
  for (int32_t axis = 0; axis < rank; ++axis) {
    const int32_t value = permutation.values[axis];
    const int32_t from = value < 0 ? value + rank : value;
    if (from < 0 || from >= rank || (seen >> from & 1) != 0) {
      return context.failure("the permutation isn't one", context.input(1));
    }
    seen |= 1U << from;
    if (output.shape[axis] != input.shape[from]) {
      return context.failure("the output's shape doesn't follow from the permutation", output);
    }
    copy.extent[axis] = input.shape[from];
    copy.stride[axis] = strides[from];
  }
  copy.axes = rank;
  return prepare_strided(context, copy);
}

}  // namespace

const OperatorKernel kTranspose = {OperatorCode::kTranspose, TensorType::kInt8, prepare,
                                   evaluate_strided, true};

}  // namespace stapes
