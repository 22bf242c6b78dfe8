#include "device/graph/operators/any/strided.h"
#include "device/graph/operators/prepared.h"

#include "device/kernels/reference/strided_copy.h"

namespace stapes {
namespace {

using Prepared = PreparedStridedCopy;

}  // namespace

void row_major_strides(const Shape& shape, int32_t (&strides)[kMaximumRank]) {
  int32_t stride = 1;
  for (int32_t axis = shape.rank - 1; axis >= 0; --axis) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
}

Status prepare_strided(PrepareContext& context, const StridedCopy& copy) {
  auto* prepared = context.allocate_prepared<Prepared>();
  if (prepared == nullptr) return context.out_of_memory();
  prepared->element_bytes = static_cast<int32_t>(size_of_element(context.input(0).type));
  StridedCopy& merged = prepared->copy;
  merged.start = copy.start;
  for (int32_t axis = 0; axis < copy.axes; ++axis) {
    if (copy.extent[axis] == 1) continue;
    const int32_t last = merged.axes - 1;
    if (last >= 0 && merged.stride[last] == copy.stride[axis] * copy.extent[axis]) {
      merged.extent[last] *= copy.extent[axis];
      merged.stride[last] = copy.stride[axis];
      continue;
    }
    merged.extent[merged.axes] = copy.extent[axis];
    merged.stride[merged.axes] = copy.stride[axis];
    ++merged.axes;
  }
  if (merged.axes == 0) {  // a single element
    merged.extent[0] = 1;
    merged.axes = 1;
  }
  return Status::success();
}

Status evaluate_strided(const EvaluateContext& context) {
  const auto& prepared = context.prepared<Prepared>();
  reference::strided_copy(prepared.copy, prepared.element_bytes, context.input<void>(0),
                          context.output<void>(0));
  return Status::success();
}

}  // namespace stapes
