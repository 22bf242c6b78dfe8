#include "device/kernels/float32/elementwise.h"

#include "device/kernels/float32/block.h"

namespace stapes::float32 {
namespace {

// The innermost axis is a plain loop; the others count like an odometer.
template <typename Function>
void broadcast(const ElementwiseParameters& parameters, const float* first, const float* second,
               float* output, Function function) {
  const Broadcast& b = parameters.broadcast;
  const int32_t last = b.axes - 1;
  const int32_t count = b.axes == 0 ? 1 : b.extent[last];
  const int32_t first_step = b.axes == 0 ? 0 : b.first_stride[last];
  const int32_t second_step = b.axes == 0 ? 0 : b.second_stride[last];
  int32_t position[kMaximumAxes] = {};
  for (;;) {
    if (first_step == 1 && second_step == 1) {
      for (int32_t i = 0; i < count; ++i) {
        output[i] = clamp(function(first[i], second[i]), parameters.minimum, parameters.maximum);
      }
    } else {
      for (int32_t i = 0; i < count; ++i) {
        output[i] = clamp(function(first[i * first_step], second[i * second_step]),
                          parameters.minimum, parameters.maximum);
      }
    }
    output += count;
    int32_t axis = last - 1;
    for (; axis >= 0; --axis) {
      first += b.first_stride[axis];
      second += b.second_stride[axis];
      if (++position[axis] < b.extent[axis]) break;
      first -= b.first_stride[axis] * b.extent[axis];
      second -= b.second_stride[axis] * b.extent[axis];
      position[axis] = 0;
    }
    if (axis < 0) return;
  }
}

}  // namespace

void add(const ElementwiseParameters& parameters, const float* first, const float* second,
         float* output) {
  broadcast(parameters, first, second, output, [](float a, float b) { return a + b; });
}

void sub(const ElementwiseParameters& parameters, const float* first, const float* second,
         float* output) {
  broadcast(parameters, first, second, output, [](float a, float b) { return a - b; });
}

void mul(const ElementwiseParameters& parameters, const float* first, const float* second,
         float* output) {
  broadcast(parameters, first, second, output, [](float a, float b) { return a * b; });
}

void squared_difference(const ElementwiseParameters& parameters, const float* first,
                        const float* second, float* output) {
  broadcast(parameters, first, second, output, [](float a, float b) { return (a - b) * (a - b); });
}

}  // namespace stapes::float32
