// MEAN: neighbouring outputs in the lanes, where they come from neighbouring inputs. Included once
// for each level, as products_body.h.
#pragma once
#include "device/kernels/reference/mean.h"
#include "device/kernels/x86/requantize_body.h"

namespace stapes::x86::STAPES_LEVEL {

// Sums over all reduced axes of `count` neighbouring elements each.
STAPES_TARGET inline Vector sums_of(const Reduction& reduction, const int8_t* input,
                                    int32_t count) {
  Vector sum = zero();
  int32_t position[kMaximumAxes] = {};
  const int32_t inner = reduction.reduced_axes - 1;
  while (true) {
    const int8_t* element = input;
    for (int32_t axis = 0; axis < inner; ++axis) {
      element += position[axis] * reduction.reduced_stride[axis];
    }
    for (int32_t k = 0; k < reduction.reduced_extent[inner]; ++k) {
      sum = add(sum, load_bytes(element + k * reduction.reduced_stride[inner], count));
    }
    int32_t axis = inner - 1;
    for (; axis >= 0 && ++position[axis] == reduction.reduced_extent[axis]; --axis) {
      position[axis] = 0;
    }
    if (axis < 0) return sum;
  }
}

STAPES_TARGET void mean(const reference::MeanParameters& parameters, const int8_t* input,
                        int8_t* output) {
  const Reduction& reduction = parameters.reduction;
  const int32_t inner = reduction.kept_axes - 1;
  if (inner < 0 || reduction.kept_stride[inner] != 1) {
    reference::mean(parameters, input, output);
    return;
  }
  const LaneMultiplier multiplier = lane_multiplier(parameters.multiplier);
  const int32_t length = reduction.kept_extent[inner];
  int32_t position[kMaximumAxes] = {};
  while (true) {
    const int8_t* line = input;
    for (int32_t axis = 0; axis < inner; ++axis) {
      line += position[axis] * reduction.kept_stride[axis];
    }
    for (int32_t i = 0; i < length; i += kLanes) {
      const int32_t count = length - i < kLanes ? length - i : kLanes;
      const Vector sum = add(sums_of(reduction, line + i, count), broadcast(parameters.sum_offset));
      store_bytes(output + i, add(multiply(sum, multiplier), broadcast(parameters.output_offset)),
                  count, INT8_MIN, INT8_MAX);
    }
    output += length;
    int32_t axis = inner - 1;
    for (; axis >= 0 && ++position[axis] == reduction.kept_extent[axis]; --axis) position[axis] = 0;
    if (axis < 0) return;
  }
}

}  // namespace stapes::x86::STAPES_LEVEL
