#pragma once
#include "device/kernels/geometry.h"

namespace stapes {

// use(i, j) for every line of the output along its last axis, in their order: i and j are where the
// inputs of its first element lie.
template <typename Use>
void for_each_line(const Broadcast& broadcast, const Use& use) {
  const int32_t inner = broadcast.axes - 1;
  int32_t position[kMaximumAxes] = {};
  while (true) {
    int32_t i = 0;
    int32_t j = 0;
    for (int32_t axis = 0; axis < inner; ++axis) {
      i += position[axis] * broadcast.first_stride[axis];
      j += position[axis] * broadcast.second_stride[axis];
    }
    use(i, j);
    int32_t axis = inner - 1;
    for (; axis >= 0 && ++position[axis] == broadcast.extent[axis]; --axis) position[axis] = 0;
    if (axis < 0) return;
  }
}

// output[k] = function(first[i], second[j]) for all elements k of the output, in their order, with
// i and j as the broadcast says.
template <typename First, typename Second, typename Output, typename Function>
void for_each_pair(const Broadcast& broadcast, const First* first, const Second* second,
                   Output* output, const Function& function) {
  const int32_t inner = broadcast.axes - 1;
  const int32_t length = broadcast.extent[inner];
  const int32_t first_step = broadcast.first_stride[inner];
  const int32_t second_step = broadcast.second_stride[inner];
  for_each_line(broadcast, [&](int32_t i, int32_t j) {
    for (int32_t k = 0; k < length; ++k) {
      output[k] = function(first[i + k * first_step], second[j + k * second_step]);
    }
    output += length;
  });
}

}  // namespace stapes
