#include "device/kernels/float32/conv_2d.h"

#include "device/kernels/float32/block.h"

namespace stapes::float32 {
namespace {

// The taps of one output position that lie inside the input, along one axis.
struct Taps {
  int32_t origin;  // input index of tap 0, may be negative
  int32_t first;
  int32_t end;

  bool operator==(const Taps& other) const { return first == other.first && end == other.end; }
};

Taps taps_inside(int32_t origin, int32_t dilation, int32_t filter, int32_t extent) {
  Taps taps{origin, 0, filter};
  while (taps.first < taps.end && origin + taps.first * dilation < 0) ++taps.first;
  while (taps.end > taps.first && origin + (taps.end - 1) * dilation >= extent) --taps.end;
  return taps;
}

// One block of output channels, all of one group, over the whole image.
struct BlockJob {
  const Conv2DParameters& parameters;
  const float* input;   // of one image, at the group's first channel
  const float* packed;  // filter rows of the block
  const float* bias;    // of the block, or null
  int32_t outputs;      // channels of the block
  float* output;        // of one image, at the block's first channel

  Taps columns(int32_t x) const {
    const Window2D& w = parameters.window;
    return taps_inside(x * w.stride_width - w.padding_left, w.dilation_width, w.filter_width,
                       w.input_width);
  }
  Taps rows(int32_t y) const {
    const Window2D& w = parameters.window;
    return taps_inside(y * w.stride_height - w.padding_top, w.dilation_height, w.filter_height,
                       w.input_height);
  }

  // Positions p, p+1, … of the output image, which all see the same taps.
  template <int32_t kPositions, int32_t kVectors>
  void positions(int32_t p) const {
    const Window2D& w = parameters.window;
    Lanes sums[kPositions][kVectors] = {};
    const Taps row_taps = rows(p / w.output_width);
    const Taps column_taps = columns(p % w.output_width);
    const int32_t channels = w.input_channels / w.groups;
    // With dense columns of all channels a filter row is one run of input and filter.
    const bool dense = w.dilation_width == 1 && w.groups == 1;
    const int32_t runs = dense ? 1 : column_taps.end - column_taps.first;
    const int32_t taps_per_run = dense ? column_taps.end - column_taps.first : 1;
    for (int32_t r = row_taps.first; r < row_taps.end; ++r) {
      for (int32_t run = 0; run < runs; ++run) {
        const int32_t column = column_taps.first + run;
        const float* sources[kPositions];
        for (int32_t i = 0; i < kPositions; ++i) {
          const int32_t y =
              (p + i) / w.output_width * w.stride_height - w.padding_top + r * w.dilation_height;
          const int32_t x = (p + i) % w.output_width * w.stride_width - w.padding_left +
                            column * w.dilation_width;
          sources[i] = input + (y * w.input_width + x) * w.input_channels;
        }
        const int32_t tap = r * w.filter_width + column;
        accumulate<kPositions, kVectors>(sources, packed + tap * channels * kVectors * kLanes,
                                         taps_per_run * channels, sums);
      }
    }
    for (int32_t i = 0; i < kPositions; ++i) {
      finish<kVectors>(sums[i], bias, outputs, parameters.minimum, parameters.maximum,
                       output + (p + i) * w.output_channels);
    }
  }

  bool same_taps(int32_t p, int32_t q) const {
    const int32_t width = parameters.window.output_width;
    return rows(p / width) == rows(q / width) && columns(p % width) == columns(q % width);
  }

  template <int32_t kPositions, int32_t kVectors>
  void image() const {
    const int32_t count = parameters.window.output_height * parameters.window.output_width;
    int32_t p = 0;
    while (p < count) {
      int32_t same = 1;
      while (same < kPositions && p + same < count && same_taps(p, p + same)) ++same;
      if (same == kPositions) {
        positions<kPositions, kVectors>(p);
        p += kPositions;
      } else {
        positions<1, kVectors>(p);
        ++p;
      }
    }
  }
};

}  // namespace

int32_t conv_2d_scratch(const Window2D& w) {
  return packed_size(w.filter_height * w.filter_width * (w.input_channels / w.groups));
}

void conv_2d(const Conv2DParameters& parameters, const float* input, const float* filter,
             const float* bias, float* scratch, float* output) {
  const Window2D& w = parameters.window;
  const int32_t group_inputs = w.input_channels / w.groups;
  const int32_t group_outputs = w.output_channels / w.groups;
  const int32_t depth = w.filter_height * w.filter_width * group_inputs;
  int32_t outputs = 0;
  for (int32_t o = 0; o < w.output_channels; o += outputs) {
    const int32_t group = o / group_outputs;
    const int32_t left = (group + 1) * group_outputs - o;
    outputs = left < kBlock ? left : kBlock;
    pack_block(filter + o * depth, outputs, depth, scratch);
    for (int32_t b = 0; b < w.batches; ++b) {
      const float* const image = input + b * w.input_height * w.input_width * w.input_channels;
      const BlockJob job{
          parameters, image + group * group_inputs,
          scratch,    bias == nullptr ? nullptr : bias + o,
          outputs,    output + b * w.output_height * w.output_width * w.output_channels + o};
      switch (padded(outputs) / kLanes) {
        case 1:
          job.image<4, 1>();
          break;
        case 2:
          job.image<4, 2>();
          break;
        case 3:
          job.image<2, 3>();
          break;
        default:
          job.image<2, 4>();
      }
    }
  }
}

}  // namespace stapes::float32
