#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/depthwise_conv_2d.h"

#include "device/kernels/arm_dsp/depthwise_conv_2d.h"
#include "device/kernels/arm_mve/channel_products.h"
#include "device/kernels/arm_mve/plane.h"
#include "device/kernels/arm_mve/requantization.h"

// Channel by channel: the channel's elements are brought together in a plane, so that all taps of a
// window, up to sixteen, are one vector, and an output is one VMLADAV of it with the weights. The
// input's offset is taken out of the products as in conv_2d.cpp.
namespace stapes::arm_mve {
namespace {

constexpr int32_t kBlocks = 32;
constexpr int32_t kHalf = Plane::kTaps / 2;

// 0, step, 2 * step, ... up to `last` steps.
uint16x8_t multiples(int32_t step, int32_t last) {
  return vmulq_n_u16(vminq_u16(vidupq_n_u16(0, 1), vdupq_n_u16(static_cast<uint16_t>(last))),
                     static_cast<uint16_t>(step));
}

// The order of a filter's elements: [H, W, O] or [O, H, W].
enum class Order { kByTap, kByChannel };

void prepare_filter_by_tap(int32_t taps, int32_t channels, ChannelProducts* products) {
  products->low_filter = multiples(channels, taps > kHalf ? kHalf - 1 : taps - 1);
  products->high_filters = multiples(channels, taps > kHalf ? taps - kHalf - 1 : 0);
  products->high_filter = taps > kHalf ? kHalf * channels : 0;
  products->mask = vpselq_s8(vdupq_n_s8(-1), vdupq_n_s8(0), vctp8q(static_cast<uint32_t>(taps)));
}

// What is the same for all channels.
template <Order kOrder>
void prepare(const reference::Conv2DParameters& parameters, Plane* plane,
             ChannelProducts* products) {
  const Window2D& window = parameters.window;
  products->plane = plane->first();
  products->runs = plane->runs();
  products->run_length = plane->run_length();
  products->run_step = window.input_width * window.input_channels;
  products->eight_pixels = 8 * window.input_channels;
  products->plane_width = plane->width();
  products->pixels = multiples(window.input_channels, 7);
  const int32_t taps = window.filter_height * window.filter_width;
  if constexpr (kOrder == Order::kByTap) {
    prepare_filter_by_tap(taps, window.output_channels, products);
  } else {
    products->tap_count = taps;
  }
  products->taps = plane->taps();
  products->input_offset = parameters.input_offset;
  products->zero_point = vdupq_n_s32(parameters.output_offset);
  products->minimum = vdupq_n_s32(parameters.activation_minimum);
  products->maximum = vdupq_n_s32(parameters.activation_maximum);
}

template <Order kOrder>
void multiply(const Plane& plane, ChannelProducts* products) {
  if constexpr (kOrder == Order::kByTap) {
    (plane.has_dense_taps() ? multiply_dense_channels : multiply_channels)(products);
  } else {
    (plane.has_dense_taps() ? multiply_dense_channels_by_channel
                            : multiply_channels_by_channel)(products);
  }
}

// The blocks of output pixels from `pixel` on; how many pixels those are.
int32_t collect(const Window2D& window, const Plane& plane, int32_t pixel,
                PixelBlocks<kBlocks>* blocks) {
  const int32_t left = window.output_height * window.output_width - pixel;
  const int32_t count = left < blocks->kCapacity ? left : blocks->kCapacity;
  int32_t y = pixel / window.output_width;
  int32_t x = pixel % window.output_width;
  blocks->clear();
  for (int32_t i = 0; i < count; ++i) {
    blocks->add(plane.at(y, x));
    if (++x == window.output_width) {
      x = 0;
      ++y;
    }
  }
  blocks->finish(window.output_channels);
  return count;
}

// How many channels from `channel` on the assembly can do one after the other.
int32_t fast_channels(const reference::Conv2DParameters& parameters, int32_t channel) {
  const int32_t channels = parameters.window.output_channels;
  int32_t end = channel;
  while (end < channels && is_fast(parameters.multipliers[end])) ++end;
  if (parameters.window.depth_multiplier > 1 && end > channel) return 1;
  return end - channel;
}

// The channels whose requantization is fast. REQUIRES: Plane::fits().
template <Order kOrder>
void convolve(const reference::Conv2DParameters& parameters, const int8_t* input,
              const int8_t* filter, const int32_t* bias, int8_t* output) {
  const Window2D& window = parameters.window;
  const int32_t channels = window.output_channels;
  static const int32_t kNoBias = 0;
  const int32_t filter_step =
      kOrder == Order::kByTap ? 1 : window.filter_height * window.filter_width;
  Plane plane(window, static_cast<int8_t>(-parameters.input_offset));
  ChannelProducts products;
  prepare<kOrder>(parameters, &plane, &products);
  PixelBlocks<kBlocks> blocks;
  const int32_t pixels = window.output_height * window.output_width;
  for (int32_t pixel = 0; pixel < pixels;) {
    const int32_t count = collect(window, plane, pixel, &blocks);
    products.offsets =
        vmulq_n_u32(vminq_u32(vidupq_n_u32(0, 1), vdupq_n_u32(static_cast<uint32_t>(count - 1))),
                    static_cast<uint32_t>(channels));
    products.blocks = blocks.begin();
    products.block_count = blocks.size();
    for (int32_t batch = 0; batch < window.batches; ++batch) {
      const int8_t* image =
          input + batch * window.input_height * window.input_width * window.input_channels;
      int8_t* const to = output + (batch * pixels + pixel) * channels;
      for (int32_t channel = 0; channel < channels;) {
        const int32_t fast = fast_channels(parameters, channel);
        if (fast > 0) {
          products.filter = filter + channel * filter_step;
          products.image = image + channel / window.depth_multiplier;
          products.output = to + channel;
          products.bias = bias == nullptr ? &kNoBias : bias + channel;
          products.bias_step = bias == nullptr ? 0 : static_cast<int32_t>(sizeof(int32_t));
          products.multipliers = parameters.multipliers + channel;
          products.channels = fast;
          multiply<kOrder>(plane, &products);
        }
        channel += fast > 0 ? fast : 1;
      }
    }
    pixel += count;
  }
}

bool is_possible(const Window2D& window) {
  return Plane::fits(window) && window.output_channels <= UINT16_MAX / 7;
}

}  // namespace

void depthwise_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                       const int8_t* filter, const int32_t* bias, int8_t* output) {
  if (!is_possible(parameters.window)) {
    arm_dsp::depthwise_conv_2d(parameters, input, filter, bias, output);
    return;
  }
  convolve<Order::kByTap>(parameters, input, filter, bias, output);
  for (int32_t channel = 0; channel < parameters.window.output_channels; ++channel) {
    if (is_fast(parameters.multipliers[channel])) continue;
    reference::depthwise_conv_2d(parameters, input, filter, bias, output, channel, channel + 1);
  }
}

void depthwise_conv_2d_by_channel(const reference::Conv2DParameters& parameters,
                                  const int8_t* input, const int8_t* filter, const int32_t* bias,
                                  int8_t* output) {
  if (!is_possible(parameters.window)) {
    arm_dsp::depthwise_conv_2d_by_channel(parameters, input, filter, bias, output);
    return;
  }
  convolve<Order::kByChannel>(parameters, input, filter, bias, output);
  for (int32_t channel = 0; channel < parameters.window.output_channels; ++channel) {
    if (is_fast(parameters.multipliers[channel])) continue;
    reference::depthwise_conv_2d_by_channel(parameters, input, filter, bias, output, channel,
                                            channel + 1);
  }
}

}  // namespace stapes::arm_mve
#endif
