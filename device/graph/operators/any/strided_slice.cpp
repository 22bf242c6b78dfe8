#include "device/graph/operators/any/strided.h"
#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"

namespace stapes {
namespace {

// Positions start, start + stride, ... : `count` of them.
struct Slice {
  int64_t start;
  int64_t count;
};

// One axis of a slice, in Python's sense: negative numbers count from the back, numbers outside
// are clamped, a set mask bit stands for a left out number.
Slice slice_axis(int32_t extent, int64_t begin, int64_t end, int64_t stride, bool begin_masked,
                 bool end_masked) {
  const int64_t lowest = stride > 0 ? 0 : -1;
  const int64_t highest = stride > 0 ? extent : extent - 1;
  const auto clamped = [&](int64_t position) {
    if (position < 0) position += extent;
    return position < lowest ? lowest : position > highest ? highest : position;
  };
  const int64_t first = begin_masked ? (stride > 0 ? lowest : highest) : clamped(begin);
  const int64_t last = end_masked ? (stride > 0 ? highest : lowest) : clamped(end);
  const int64_t distance = stride > 0 ? last - first : first - last;
  const int64_t step = stride > 0 ? stride : -stride;
  return {first, distance <= 0 ? 0 : (distance + step - 1) / step};
}

Status prepare(PrepareContext& context) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 4, 4));
  const TensorView input = context.input(0);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_same_numbers(context, input, output));
  IntegerList begin;
  IntegerList end;
  IntegerList stride;
  STAPES_RETURN_IF_ERROR(read_integers(context, context.input(1), &begin));
  STAPES_RETURN_IF_ERROR(read_integers(context, context.input(2), &end));
  STAPES_RETURN_IF_ERROR(read_integers(context, context.input(3), &stride));
  const int32_t rank = input.shape.rank;
  if (begin.count != rank || end.count != rank || stride.count != rank) {
    return context.failure("a slice hasn't begin, end and stride for every axis", input);
  }
  const FlatTable options = context.options(OptionsTag::kStridedSlice);
  const auto begin_mask = options.scalar<int32_t>(0, 0);
  const auto end_mask = options.scalar<int32_t>(1, 0);
  const auto shrink_mask = options.scalar<int32_t>(4, 0);
  if (options.scalar<int32_t>(2, 0) != 0 || options.scalar<int32_t>(3, 0) != 0 ||
      options.boolean(5)) {
    return context.failure("a slice with ellipses, new axes or offsets isn't supported");
  }
  int32_t strides[kMaximumRank] = {};
  row_major_strides(input.shape, strides);
  StridedCopy copy = {};
  copy.axes = rank;
  Shape shape;
  for (int32_t axis = 0; axis < rank; ++axis) {
    const int32_t step = stride.values[axis];
    if (step == 0) return context.failure("a slice's stride is 0", context.input(3));
    const bool shrink = (shrink_mask >> axis & 1) != 0;
    Slice slice = slice_axis(input.shape[axis], begin.values[axis], end.values[axis], step,
                             (begin_mask >> axis & 1) != 0, (end_mask >> axis & 1) != 0);
    if (shrink) {  // the one element at `begin`
      const int32_t position = begin.values[axis];
      slice.start = position < 0 ? int64_t{position} + input.shape[axis] : position;
      slice.count = 1;
    }
    if (slice.count < 1 || slice.start < 0 || slice.start >= input.shape[axis]) {
      return context.failure("a slice is empty or outside of its input", input);
    }
    copy.extent[axis] = static_cast<int32_t>(slice.count);
    copy.stride[axis] = slice.count == 1 ? strides[axis] : step * strides[axis];
    copy.start += static_cast<int32_t>(slice.start) * strides[axis];
    if (!shrink) shape.dimensions[shape.rank++] = copy.extent[axis];
  }
  STAPES_RETURN_IF_ERROR(expect_shape(context, output, shape));
  return prepare_strided(context, copy);
}

}  // namespace

const OperatorKernel kStridedSlice = {OperatorCode::kStridedSlice, TensorType::kInt8, prepare,
                                      evaluate_strided, true};

}  // namespace stapes
