#pragma once
#include "device/kernels/geometry.h"

namespace stapes {

// output[k] = finish(sum over the reduced axes), with `Sum` as the type of the sum.
template <typename Sum, typename Input, typename Output, typename Finish>
void for_each_sum(const Reduction& reduction, const Input* input, Output* output,
                  const Finish& finish) {
  int32_t kept[kMaximumAxes] = {};
  while (true) {
    const Input* start = input;
    for (int32_t axis = 0; axis < reduction.kept_axes; ++axis) {
      start += kept[axis] * reduction.kept_stride[axis];
    }
    Sum sum = 0;
    int32_t reduced[kMaximumAxes] = {};
    const int32_t inner = reduction.reduced_axes - 1;
    while (true) {
      const Input* element = start;
      for (int32_t axis = 0; axis < inner; ++axis) {
        element += reduced[axis] * reduction.reduced_stride[axis];
      }
      for (int32_t k = 0; k < reduction.reduced_extent[inner]; ++k) {
        sum += static_cast<Sum>(element[k * reduction.reduced_stride[inner]]);
      }
      int32_t axis = inner - 1;
      for (; axis >= 0 && ++reduced[axis] == reduction.reduced_extent[axis]; --axis) {
        reduced[axis] = 0;
      }
      if (axis < 0) break;
    }
    *output++ = finish(sum);
    int32_t axis = reduction.kept_axes - 1;
    for (; axis >= 0 && ++kept[axis] == reduction.kept_extent[axis]; --axis) kept[axis] = 0;
    if (axis < 0) return;
  }
}

}  // namespace stapes
