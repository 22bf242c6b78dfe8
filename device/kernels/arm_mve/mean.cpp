#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/mean.h"

#include "device/kernels/arm_mve/dot_product.h"
#include "device/kernels/arm_mve/requantization.h"

namespace stapes::arm_mve {
namespace {

using reference::MeanParameters;

constexpr int32_t kLanes = 4;

int32x4_t finish(const MeanParameters& parameters, int32x4_t sum) {
  const AnyMultiplier multiply(parameters.multiplier);
  const int32x4_t value =
      vaddq_n_s32(multiply(vaddq_n_s32(sum, parameters.sum_offset)), parameters.output_offset);
  return vminq_s32(vmaxq_s32(value, vdupq_n_s32(INT8_MIN)), vdupq_n_s32(INT8_MAX));
}

// Sums of `count` elements that lie `step` apart, from each of `lanes` elements on that lie one
// behind the other.
void mean_of_columns(const MeanParameters& parameters, const int8_t* input, int32_t step,
                     int32_t count, int32_t lanes, int8_t* output) {
  for (; lanes > 0; lanes -= kLanes) {
    const mve_pred16_t inside = vctp32q(static_cast<uint32_t>(lanes));
    const int8_t* from = input;
    int32x4_t sum = vdupq_n_s32(0);
    int32_t left = count;
    // Whole vectors are read while they end before the column's last elements.
    for (; left > 1 && step >= kLanes; --left) {
      sum = vaddq_s32(sum, vldrbq_s32(from));
      from += step;
    }
    for (; left > 0; --left) {
      sum = vaddq_s32(sum, vldrbq_z_s32(from, inside));
      from += step;
    }
    vstrbq_p_s32(output, finish(parameters, sum), inside);
    input += kLanes;
    output += kLanes;
  }
}

void mean_of_row(const MeanParameters& parameters, const int8_t* input, int32_t count,
                 int8_t* output) {
  const int32x4_t result = finish(parameters, vdupq_n_s32(sum_of(input, count)));
  *output = static_cast<int8_t>(vgetq_lane_s32(result, 0));
}

// The reduced axes as one. False when they aren't.
bool merge_reduced(const Reduction& reduction, int32_t* count, int32_t* step) {
  *count = 1;
  *step = 1;
  for (int32_t axis = 0; axis < reduction.reduced_axes; ++axis) {
    const int32_t extent = reduction.reduced_extent[axis];
    if (extent == 1) continue;
    if (*count > 1 && *step != extent * reduction.reduced_stride[axis]) return false;
    *count *= extent;
    *step = reduction.reduced_stride[axis];
  }
  return true;
}

}  // namespace

void mean(const MeanParameters& parameters, const int8_t* input, int8_t* output) {
  const Reduction& reduction = parameters.reduction;
  const int32_t inner = reduction.kept_axes - 1;
  int32_t count = 0;
  int32_t step = 0;
  const bool is_one_axis = merge_reduced(reduction, &count, &step);
  const bool has_rows = step == 1;
  const bool has_columns = !has_rows && inner >= 0 && reduction.kept_stride[inner] == 1;
  if (!is_one_axis || !is_possible(parameters.multiplier) || (!has_columns && !has_rows)) {
    reference::mean(parameters, input, output);
    return;
  }
  const int32_t outer = has_columns ? inner : reduction.kept_axes;
  const int32_t lanes = has_columns ? reduction.kept_extent[inner] : 1;
  int32_t kept[kMaximumAxes] = {};
  while (true) {
    const int8_t* start = input;
    for (int32_t axis = 0; axis < outer; ++axis) start += kept[axis] * reduction.kept_stride[axis];
    if (has_columns) {
      mean_of_columns(parameters, start, step, count, lanes, output);
    } else {
      mean_of_row(parameters, start, count, output);
    }
    output += lanes;
    int32_t axis = outer - 1;
    for (; axis >= 0 && ++kept[axis] == reduction.kept_extent[axis]; --axis) kept[axis] = 0;
    if (axis < 0) return;
  }
}

}  // namespace stapes::arm_mve
#endif
