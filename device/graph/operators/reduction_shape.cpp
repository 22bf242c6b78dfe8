#include "device/graph/operators/checks.h"
#include "device/graph/operators/shapes.h"

namespace stapes {
namespace {

// Bit `axis` is set for every axis in the list; negative numbers count from the back.
Status read_axes(const PrepareContext& context, const Shape& shape, uint32_t* axes) {
  IntegerList list;
  STAPES_RETURN_IF_ERROR(read_integers(context, context.input(1), &list));
  *axes = 0;
  for (int32_t i = 0; i < list.count; ++i) {
    const int32_t axis = list.values[i] < 0 ? list.values[i] + shape.rank : list.values[i];
    if (axis < 0 || axis >= shape.rank) {
      return context.failure("an axis to reduce doesn't exist", context.input(1));
    }
    *axes |= 1U << axis;
  }
  return Status::success();
}

// The output has the kept extents; the reduced ones are 1 or left out.
Status expect_reduced(const PrepareContext& context, const Shape& input, uint32_t axes,
                      bool keep_dimensions) {
  Shape expected;
  for (int32_t axis = 0; axis < input.rank; ++axis) {
    const bool reduced = (axes >> axis & 1) != 0;
    if (reduced && !keep_dimensions) continue;
    expected.dimensions[expected.rank++] = reduced ? 1 : input[axis];
  }
  return expect_shape(context, context.output(0), expected);
}

}  // namespace

Status reduction_shape(const PrepareContext& context, Reduction* reduction) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 2, 2));
  const Shape shape = context.input(0).shape;
  uint32_t axes = 0;
  STAPES_RETURN_IF_ERROR(read_axes(context, shape, &axes));
  STAPES_RETURN_IF_ERROR(
      expect_reduced(context, shape, axes, context.options(OptionsTag::kReducer).boolean(0)));
  *reduction = {};
  reduction->reduced_elements = 1;
  int32_t stride = shape.elements();
  for (int32_t axis = 0; axis < shape.rank; ++axis) {
    stride /= shape[axis];
    const bool reduced = (axes >> axis & 1) != 0;
    int32_t& count = reduced ? reduction->reduced_axes : reduction->kept_axes;
    int32_t* extents = reduced ? reduction->reduced_extent : reduction->kept_extent;
    int32_t* strides = reduced ? reduction->reduced_stride : reduction->kept_stride;
    extents[count] = shape[axis];
    strides[count] = stride;
    ++count;
    if (reduced) reduction->reduced_elements *= shape[axis];
  }
  if (reduction->reduced_axes == 0) {
    reduction->reduced_extent[0] = 1;
    reduction->reduced_axes = 1;
  }
  return Status::success();
}

}  // namespace stapes
