#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/depthwise_conv_2d.h"

#include "device/kernels/arm_dsp/depthwise_conv_2d.h"
#include "device/kernels/arm_mve/pixel_blocks.h"
#include "device/kernels/arm_mve/plane.h"
#include "device/kernels/arm_mve/requantization.h"

// Channel by channel: the channel's elements are brought together in a plane, so that all taps of a
// window, up to sixteen, are one vector, and an output is one VMLADAV of it with the weights. The
// input's offset is taken out of the products as in conv_2d.cpp.
namespace stapes::arm_mve {
namespace {

constexpr int32_t kBlocks = 32;

// One channel's weights, 0 behind the last.
class Weights {
 public:
  Weights(int32_t taps, int32_t channels)
      : high_step_(taps > 8 ? 8 * channels : 0),
        low_(
            vmulq_n_u16(vminq_u16(vidupq_n_u16(0, 1), vdupq_n_u16(static_cast<uint16_t>(taps - 1))),
                        static_cast<uint16_t>(channels))),
        high_(vmulq_n_u16(vminq_u16(vidupq_n_u16(0, 1),
                                    vdupq_n_u16(static_cast<uint16_t>(taps > 8 ? taps - 9 : 0))),
                          static_cast<uint16_t>(channels))),
        mask_(vpselq_s8(vdupq_n_s8(-1), vdupq_n_s8(0), vctp8q(static_cast<uint32_t>(taps)))) {}

  int8x16_t read(const int8_t* filter) const {
    int8_t together[Plane::kTaps];
    vstrbq_s16(together, vldrbq_gather_offset_s16(filter, low_));
    vstrbq_s16(together + 8, vldrbq_gather_offset_s16(filter + high_step_, high_));
    return vandq_s8(vldrbq_s8(together), mask_);
  }

 private:
  int32_t high_step_;
  uint16x8_t low_;
  uint16x8_t high_;
  int8x16_t mask_;
};

struct Output {
  uint32x4_t offsets;  // of four pixels
  int32x4_t zero_point;
  int32x4_t minimum;
  int32x4_t maximum;
};

template <bool kIsDense>
inline void multiply_blocks(const PixelBlock* blocks, int32_t count, uint8x16_t taps,
                            int8x16_t weights, int32_t bias,
                            const reference::Multiplier& multiplier, const Output& to,
                            int8_t* output) {
  const auto under = [&](const int8_t* window) {
    return kIsDense ? vldrbq_s8(window) : vldrbq_gather_offset_s8(window, taps);
  };
  for (; count > 0; --count, ++blocks) {
    const int32_t sum0 = vmladavq_s8(under(blocks->columns[0]), weights);
    const int32_t sum1 = vmladavq_s8(under(blocks->columns[1]), weights);
    const int32_t sum2 = vmladavq_s8(under(blocks->columns[2]), weights);
    const int32_t sum3 = vmladavq_s8(under(blocks->columns[3]), weights);
    int32x4_t value = vaddq_n_s32(lanes(sum0, sum1, sum2, sum3), bias);
    value = vaddq_s32(multiply_fast(value, multiplier), to.zero_point);
    value = vminq_s32(vmaxq_s32(value, to.minimum), to.maximum);
    vstrbq_scatter_offset_s32(output + blocks->output, to.offsets, value);
  }
}

// The blocks of output pixels from `pixel` on, of one image; how many pixels those are.
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

}  // namespace

void depthwise_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                       const int8_t* filter, const int32_t* bias, int8_t* output) {
  const Window2D& window = parameters.window;
  const int32_t channels = window.output_channels;
  if (!Plane::fits(window) || channels * 7 > UINT16_MAX) {
    arm_dsp::depthwise_conv_2d(parameters, input, filter, bias, output);
    return;
  }
  Plane plane(window, static_cast<int8_t>(-parameters.input_offset));
  const Weights all_weights(window.filter_height * window.filter_width, channels);
  const uint8x16_t taps = plane.taps();
  Output to = {};
  to.zero_point = vdupq_n_s32(parameters.output_offset);
  to.minimum = vdupq_n_s32(parameters.activation_minimum);
  to.maximum = vdupq_n_s32(parameters.activation_maximum);
  PixelBlocks<kBlocks> blocks;
  const int32_t pixels = window.output_height * window.output_width;
  for (int32_t pixel = 0; pixel < pixels;) {
    const int32_t count = collect(window, plane, pixel, &blocks);
    to.offsets =
        vmulq_n_u32(vminq_u32(vidupq_n_u32(0, 1), vdupq_n_u32(static_cast<uint32_t>(count - 1))),
                    static_cast<uint32_t>(channels));
    for (int32_t batch = 0; batch < window.batches; ++batch) {
      const int8_t* image =
          input + batch * window.input_height * window.input_width * window.input_channels;
      int8_t* const to_output = output + (batch * pixels + pixel) * channels;
      for (int32_t channel = 0; channel < channels; ++channel) {
        if (channel % window.depth_multiplier == 0) {
          plane.read(image + channel / window.depth_multiplier);
        }
        const reference::Multiplier& multiplier = parameters.multipliers[channel];
        if (!is_fast(multiplier)) continue;
        const int8x16_t weights = all_weights.read(filter + channel);
        const int32_t start = vaddvq_s8(weights) * parameters.input_offset;
        const int32_t initial =
            bias == nullptr ? start : reference::wrapping_add(start, bias[channel]);
        (plane.has_dense_taps() ? multiply_blocks<true>
                                : multiply_blocks<false>)(blocks.begin(), blocks.size(), taps,
                                                          weights, initial, multiplier, to,
                                                          to_output + channel);
      }
    }
    pixel += count;
  }
  for (int32_t channel = 0; channel < channels; ++channel) {
    if (is_fast(parameters.multipliers[channel])) continue;
    reference::depthwise_conv_2d(parameters, input, filter, bias, output, channel, channel + 1);
  }
}

}  // namespace stapes::arm_mve
#endif
