#include "device/kernels/float32/pool.h"

#include <cfloat>

#include "device/kernels/float32/block.h"

namespace stapes::float32 {
namespace {

struct Span {
  int32_t begin;
  int32_t end;
  int32_t size() const { return end - begin; }
};

Span inside(int32_t origin, int32_t filter, int32_t extent) {
  const int32_t end = origin + filter;
  return {origin < 0 ? 0 : origin, end > extent ? extent : end};
}

// Calls pool(rows, columns, image, output) for every position of the output.
template <typename Function>
void for_each_window(const Window2D& w, const float* input, float* output, Function pool) {
  for (int32_t b = 0; b < w.batches; ++b) {
    for (int32_t y = 0; y < w.output_height; ++y) {
      const Span rows =
          inside(y * w.stride_height - w.padding_top, w.filter_height, w.input_height);
      for (int32_t x = 0; x < w.output_width; ++x, output += w.output_channels) {
        pool(rows, inside(x * w.stride_width - w.padding_left, w.filter_width, w.input_width),
             input, output);
      }
    }
    input += w.input_height * w.input_width * w.input_channels;
  }
}

}  // namespace

void average_pool_2d(const Conv2DParameters& parameters, const float* input, float* output) {
  const Window2D& w = parameters.window;
  for_each_window(w, input, output, [&](Span rows, Span columns, const float* image, float* out) {
    const auto count = static_cast<float>(rows.size() * columns.size());
    for (int32_t c = 0; c < w.input_channels; ++c) {
      float sum = 0.0F;
      for (int32_t y = rows.begin; y < rows.end; ++y) {
        for (int32_t x = columns.begin; x < columns.end; ++x) {
          sum += image[(y * w.input_width + x) * w.input_channels + c];
        }
      }
      out[c] = clamp(sum / count, parameters.minimum, parameters.maximum);
    }
  });
}

void max_pool_2d(const Conv2DParameters& parameters, const float* input, float* output) {
  const Window2D& w = parameters.window;
  for_each_window(w, input, output, [&](Span rows, Span columns, const float* image, float* out) {
    for (int32_t c = 0; c < w.input_channels; ++c) {
      float largest = -FLT_MAX;
      for (int32_t y = rows.begin; y < rows.end; ++y) {
        for (int32_t x = columns.begin; x < columns.end; ++x) {
          const float value = image[(y * w.input_width + x) * w.input_channels + c];
          if (value > largest) largest = value;
        }
      }
      out[c] = clamp(largest, parameters.minimum, parameters.maximum);
    }
  });
}

}  // namespace stapes::float32
