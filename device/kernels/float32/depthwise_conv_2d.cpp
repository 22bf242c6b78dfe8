#include "device/kernels/float32/depthwise_conv_2d.h"

#include "device/kernels/float32/block.h"

namespace stapes::float32 {
namespace {

// kVectors registers of output channels from `channel` on, at one output position.
template <int32_t kVectors>
void channels(const Conv2DParameters& parameters, const float* input, const float* filter,
              const float* bias, int32_t top, int32_t left, int32_t channel, float* output) {
  const Window2D& w = parameters.window;
  Lanes sums[kVectors] = {};
  for (int32_t r = 0; r < w.filter_height; ++r) {
    const int32_t y = top + r * w.dilation_height;
    if (y < 0 || y >= w.input_height) continue;
    for (int32_t s = 0; s < w.filter_width; ++s) {
      const int32_t x = left + s * w.dilation_width;
      if (x < 0 || x >= w.input_width) continue;
      const float* source = input + (y * w.input_width + x) * w.input_channels + channel;
      const float* weights = filter + (r * w.filter_width + s) * w.output_channels + channel;
      for (int32_t v = 0; v < kVectors; ++v) {
        sums[v] += load(source + v * kLanes) * load(weights + v * kLanes);
      }
    }
  }
  finish<kVectors>(sums, bias == nullptr ? nullptr : bias + channel, kVectors * kLanes,
                   parameters.minimum, parameters.maximum, output + channel);
}

void one_channel(const Conv2DParameters& parameters, const float* input, const float* filter,
                 const float* bias, int32_t top, int32_t left, int32_t channel, float* output) {
  const Window2D& w = parameters.window;
  float sum = 0.0F;
  for (int32_t r = 0; r < w.filter_height; ++r) {
    const int32_t y = top + r * w.dilation_height;
    if (y < 0 || y >= w.input_height) continue;
    for (int32_t s = 0; s < w.filter_width; ++s) {
      const int32_t x = left + s * w.dilation_width;
      if (x < 0 || x >= w.input_width) continue;
      sum += input[(y * w.input_width + x) * w.input_channels + channel / w.depth_multiplier] *
             filter[(r * w.filter_width + s) * w.output_channels + channel];
    }
  }
  output[channel] =
      clamp(bias == nullptr ? sum : sum + bias[channel], parameters.minimum, parameters.maximum);
}

}  // namespace

void depthwise_conv_2d(const Conv2DParameters& parameters, const float* input, const float* filter,
                       const float* bias, float* output) {
  const Window2D& w = parameters.window;
  for (int32_t b = 0; b < w.batches; ++b) {
    const float* image = input + b * w.input_height * w.input_width * w.input_channels;
    for (int32_t y = 0; y < w.output_height; ++y) {
      const int32_t top = y * w.stride_height - w.padding_top;
      for (int32_t x = 0; x < w.output_width; ++x, output += w.output_channels) {
        const int32_t left = x * w.stride_width - w.padding_left;
        int32_t c = 0;
        if (w.depth_multiplier == 1) {
          for (; c + kBlock <= w.output_channels; c += kBlock) {
            channels<4>(parameters, image, filter, bias, top, left, c, output);
          }
          for (; c + kLanes <= w.output_channels; c += kLanes) {
            channels<1>(parameters, image, filter, bias, top, left, c, output);
          }
        }
        for (; c < w.output_channels; ++c) {
          one_channel(parameters, image, filter, bias, top, left, c, output);
        }
      }
    }
  }
}

}  // namespace stapes::float32
