#include <initializer_list>

#include "device/graph/operators/checks.h"
#include "device/graph/operators/shapes.h"

namespace stapes {
namespace {

// Extent of `shape` along `axis` of a shape of rank `rank` whose last axes are its own.
int32_t extent_from_back(const Shape& shape, int32_t rank, int32_t axis) {
  const int32_t own = axis - (rank - shape.rank);
  return own < 0 ? 1 : shape[own];
}

}  // namespace

Status broadcast_shape(const PrepareContext& context, const TensorView& first,
                       const TensorView& second, const TensorView& output, Broadcast* broadcast) {
  const int32_t rank = first.shape.rank > second.shape.rank ? first.shape.rank : second.shape.rank;
  STAPES_RETURN_IF_ERROR(expect_rank(context, output, rank));
  // From the last axis to the first, so that the strides are known; merged axes come out reversed.
  Broadcast reversed = {};
  int32_t first_elements = 1;
  int32_t second_elements = 1;
  for (int32_t axis = rank - 1; axis >= 0; --axis) {
    const int32_t a = extent_from_back(first.shape, rank, axis);
    const int32_t b = extent_from_back(second.shape, rank, axis);
    const int32_t extent = a == 1 ? b : a;
    if ((a != extent && a != 1) || (b != extent && b != 1)) {
      return context.failure("the shapes of the operator's inputs don't fit each other", second);
    }
    if (output.shape[axis] != extent) {
      return context.failure("the output's shape doesn't follow from the inputs", output);
    }
    const int32_t first_stride = a == 1 ? 0 : first_elements;
    const int32_t second_stride = b == 1 ? 0 : second_elements;
    first_elements *= a;
    second_elements *= b;
    if (extent == 1) continue;
    const int32_t last = reversed.axes - 1;
    if (last >= 0 && first_stride == reversed.first_stride[last] * reversed.extent[last] &&
        second_stride == reversed.second_stride[last] * reversed.extent[last]) {
      reversed.extent[last] *= extent;
      continue;
    }
    reversed.extent[reversed.axes] = extent;
    reversed.first_stride[reversed.axes] = first_stride;
    reversed.second_stride[reversed.axes] = second_stride;
    ++reversed.axes;
  }
  if (reversed.axes == 0) {  // single elements
    reversed.extent[0] = 1;
    reversed.axes = 1;
  }
  broadcast->axes = reversed.axes;
  for (int32_t i = 0; i < reversed.axes; ++i) {
    const int32_t from = reversed.axes - 1 - i;
    broadcast->extent[i] = reversed.extent[from];
    broadcast->first_stride[i] = reversed.first_stride[from];
    broadcast->second_stride[i] = reversed.second_stride[from];
  }
  return Status::success();
}

}  // namespace stapes
