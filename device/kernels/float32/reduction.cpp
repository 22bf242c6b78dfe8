#include "device/kernels/float32/reduction.h"

namespace stapes::float32 {
namespace {

float sum_axes(const Reduction& r, int32_t axis, const float* input, float sum) {
  if (axis >= kMaximumAxes) return sum;  // bounds the recursion for the compiler
  const int32_t extent = r.reduced_extent[axis];
  const int32_t stride = r.reduced_stride[axis];
  for (int32_t i = 0; i < extent; ++i) {
    sum = axis + 1 == r.reduced_axes ? sum + input[i * stride]
                                     : sum_axes(r, axis + 1, input + i * stride, sum);
  }
  return sum;
}

float* reduce(const Reduction& r, int32_t axis, const float* input, float divisor, float* output) {
  if (axis == r.kept_axes || axis >= kMaximumAxes) {
    const float sum = r.reduced_axes == 0 ? *input : sum_axes(r, 0, input, 0.0F);
    *output = sum / divisor;
    return output + 1;
  }
  for (int32_t i = 0; i < r.kept_extent[axis]; ++i) {
    output = reduce(r, axis + 1, input + i * r.kept_stride[axis], divisor, output);
  }
  return output;
}

}  // namespace

void sum(const Reduction& reduction, const float* input, float* output) {
  reduce(reduction, 0, input, 1.0F, output);
}

void mean(const Reduction& reduction, const float* input, float* output) {
  reduce(reduction, 0, input, static_cast<float>(reduction.reduced_elements), output);
}

}  // namespace stapes::float32
