#include "device/kernels/arm_dsp/tap_pairs.h"

#include "device/kernels/arm_dsp/requantization_limits.h"

namespace stapes::arm_dsp {
namespace {

// A column as a row: the elements lie in the same order.
Window2D column_as_row(const Window2D& column) {
  Window2D row = column;
  row.input_width = column.input_height;
  row.filter_width = column.filter_height;
  row.output_width = column.output_height;
  row.stride_width = column.stride_height;
  row.padding_left = column.padding_top;
  row.dilation_width = column.dilation_height;
  row.input_height = row.filter_height = row.output_height = 1;
  row.stride_height = row.dilation_height = 1;
  row.padding_top = 0;
  return row;
}

bool all_are_fast(const reference::Conv2DParameters& parameters, const int32_t* bias) {
  const Window2D& window = parameters.window;
  const int32_t sum_limit = window.filter_height * window.filter_width * 255 * 128;
  for (int32_t channel = 0; channel < window.output_channels; ++channel) {
    if (!allows_fast_requantization(bias == nullptr ? 0 : bias[channel],
                                    parameters.multipliers[channel], sum_limit)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool TapPairs::assign(const reference::Conv2DParameters& parameters, const int32_t* bias) {
  const Window2D& given = parameters.window;
  const bool is_column =
      given.filter_width == 1 && given.input_width == 1 && given.output_width == 1;
  window = is_column ? column_as_row(given) : given;
  if (window.depth_multiplier != 1 || window.dilation_height != 1 || window.dilation_width != 1 ||
      window.output_channels < kLanes || window.filter_width > 2 * kWeightCapacity ||
      window.input_width > 2 * kPairCapacity || window.output_width > 2 * kPairCapacity ||
      window.stride_width > kPairCapacity) {
    return false;
  }
  filter_pairs = window.filter_width / 2 + 1;
  row_pairs = (window.output_width - 1) * window.stride_width / 2 + filter_pairs;
  const int32_t rows = kPairCapacity / row_pairs;
  if (window.filter_height > kWeightCapacity || rows < window.filter_height ||
      filter_pairs * window.filter_height > kWeightCapacity) {
    return false;
  }
  parities = 1 + (window.stride_width & 1);
  pixels[0] = (window.output_width + parities - 1) / parities;
  pixels[1] = parities == 2 ? window.output_width - pixels[0] : 0;
  pair_step = window.stride_width * parities / 2;
  tile_height = (rows - window.filter_height) / window.stride_height + 1;
  return all_are_fast(parameters, bias);
}

}  // namespace stapes::arm_dsp
