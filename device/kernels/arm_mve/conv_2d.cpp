#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/conv_2d.h"

#include <arm_mve.h>

#include <cstring>

#include "device/kernels/arm_dsp/conv_2d.h"
#include "device/kernels/arm_mve/block_product.h"
#include "device/kernels/arm_mve/requantization.h"

// Matrix product of the columns with the filters, by blocks of four pixels and two channels. The
// input's offset is taken out of the products: sum (x + offset) * w = sum x * w + offset * sum w,
// in arithmetic modulo 2^32 like the reference's; padding is the zero point, so that it stays
// nothing.
namespace stapes::arm_mve {
namespace {

// One channel's weights to every other vector of `packed`; their sum.
int32_t pack_weights(const int8_t* weights, int32_t depth, int8_t* packed) {
  int32_t sum = 0;
  for (; depth > 0; depth -= kVectorBytes) {
    const int8x16_t vector = vldrbq_z_s8(weights, vctp8q(static_cast<uint32_t>(depth)));
    vstrbq_s8(packed, vector);
    sum = vaddvaq_s8(sum, vector);
    weights += kVectorBytes;
    packed += kChannelsPerBlock * kVectorBytes;
  }
  return sum;
}

class Convolution {
 public:
  Convolution(const reference::Conv2DParameters& parameters, const int8_t* input,
              const int8_t* filter, const int32_t* bias)
      : parameters_(parameters),
        channels_(parameters.window.output_channels),
        filter_(filter),
        bias_(bias),
        are_all_fast_(are_fast(parameters.multipliers, channels_)),
        columns_(parameters, input),
        rounds_(columns_.vectors() / vectors_per_round(columns_.vectors())) {
    const bool is_narrowed =
        parameters.activation_minimum > INT8_MIN || parameters.activation_maximum < INT8_MAX;
    multiply_ = multiply_blocks(columns_.vectors(), is_narrowed);
    product_.output_offset = parameters.output_offset;
    product_.input_offset = parameters.input_offset;
    product_.depth = columns_.depth();
    std::memset(product_.minimum, parameters.activation_minimum, sizeof(product_.minimum));
    std::memset(product_.maximum, parameters.activation_maximum, sizeof(product_.maximum));
    const int32_t last = kChannelsPerBlock * kVectorBytes * (columns_.vectors() - 1);
    std::memset(product_.weights + last, 0, kChannelsPerBlock * kVectorBytes);
  }

  void run(int8_t* output) {
    for (int32_t pixel = 0; pixel < columns_.pixels();) {
      const int32_t count = columns_.collect(pixel);
      for (int32_t p = 0; p < kPixelsPerBlock; ++p) {
        const int32_t offset = (p < count ? p : count - 1) * channels_;
        product_.offsets[2 * p] = static_cast<uint16_t>(offset);
        product_.offsets[2 * p + 1] = static_cast<uint16_t>(offset + (channels_ > 1 ? 1 : 0));
      }
      divide(count);
      for (int32_t channel = 0; channel < channels_;) {
        const int32_t pairs = fast_pairs(channel);
        if (pairs > 0) {
          multiply(channel, pairs, output);
        } else if (channel + 1 == channels_ && channel > 0 && is_pair_fast(channel - 1)) {
          multiply(channel - 1, 1, output);  // an odd last one, and the one before it once more
        } else {
          multiply_slowly(channel, count, output);
        }
        channel += pairs > 0 ? pairs * kChannelsPerBlock : kChannelsPerBlock;
      }
      output += count * channels_;
      pixel += count;
    }
  }

 private:
  // Into blocks of three pixels, up to three of them, and blocks of four.
  void divide(int32_t count) {
    const int32_t rest = count % kPixelsPerBlock;
    int32_t threes = rest == 0 ? 0 : kPixelsPerBlock - rest;
    int32_t first_four = 3 * threes;
    if (first_four + kPixelsPerBlock > count) {  // too few: the blocks overlap
      threes = rest == 0 || count < kPixelsPerBlock ? 0 : 1;
      first_four = count < kPixelsPerBlock ? 0 : rest;
    }
    const int32_t fours = count < kPixelsPerBlock ? 1 : (count - first_four) / kPixelsPerBlock;
    product_.threes = columns_.begin();
    product_.threes_end = product_.threes + 3 * threes;
    product_.three_pixels = 3 * channels_;
    product_.fours = columns_.begin() + first_four;
    product_.fours_end = product_.fours + kPixelsPerBlock * fours;
    product_.four_pixels = kPixelsPerBlock * channels_;
    product_.fours_output = first_four * channels_;
  }

  bool is_pair_fast(int32_t channel) const {
    return is_fast(parameters_.multipliers[channel]) &&
           is_fast(parameters_.multipliers[channel + 1]);
  }

  // How many pairs of channels follow each other from `channel` on that the assembly can do.
  int32_t fast_pairs(int32_t channel) const {
    const int32_t all = (channels_ - channel) / kChannelsPerBlock;
    if (are_all_fast_) return all;
    int32_t pairs = 0;
    while (pairs < all && is_pair_fast(channel + pairs * kChannelsPerBlock)) ++pairs;
    return pairs;
  }

  void multiply(int32_t channel, int32_t pairs, int8_t* output) {
    static const int32_t kNoBias[kChannelsPerBlock] = {};
    product_.output = output + channel;
    product_.rounds = rounds_;
    product_.filter = filter_ + channel * columns_.depth();
    product_.bias = bias_ == nullptr ? kNoBias : bias_ + channel;
    product_.bias_step = bias_ == nullptr ? 0 : static_cast<int32_t>(sizeof(kNoBias));
    product_.multipliers = parameters_.multipliers + channel;
    product_.pairs = pairs;
    multiply_(&product_);
  }

  // A channel and the next, or the last one twice, with any multipliers.
  void multiply_slowly(int32_t channel, int32_t count, int8_t* output) {
    const int32_t pair[] = {channel, channel + 1 < channels_ ? channel + 1 : channel};
    for (int32_t i = 0; i < kChannelsPerBlock; ++i) {
      const int32_t sum = pack_weights(filter_ + pair[i] * columns_.depth(), columns_.depth(),
                                       product_.weights + i * kVectorBytes);
      const int32_t initial = reference::wrapping_add(bias_ == nullptr ? 0 : bias_[pair[i]],
                                                      parameters_.input_offset * sum);
      for (int32_t& value : product_.initial[i]) value = initial;
    }
    product_.rounds = columns_.vectors();
    for (int32_t done = 0; done < count; done += kPixelsPerBlock) {
      // The last four may have been computed in part.
      const int32_t first =
          done == 0 || done + kPixelsPerBlock <= count ? done : count - kPixelsPerBlock;
      product_.next = columns_.begin() + first;
      sum_block(&product_);
      for (int32_t i = 0; i < kPixelsPerBlock * kChannelsPerBlock; ++i) {
        const int32_t p = i / kChannelsPerBlock;
        const int32_t c = pair[i % kChannelsPerBlock];
        const int32_t value =
            reference::wrapping_add(reference::multiply(product_.sums[i % kChannelsPerBlock][p],
                                                        parameters_.multipliers[c]),
                                    parameters_.output_offset);
        output[first * channels_ + product_.offsets[kChannelsPerBlock * p] + c] =
            static_cast<int8_t>(reference::clamp(value, parameters_.activation_minimum,
                                                 parameters_.activation_maximum));
      }
    }
  }

  const reference::Conv2DParameters& parameters_;
  const int32_t channels_;
  const int8_t* const filter_;
  const int32_t* const bias_;
  const bool are_all_fast_;
  Columns columns_;
  const int32_t rounds_;
  MultiplyBlocks* multiply_;
  BlockProduct product_;
};

}  // namespace

void conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
             const int8_t* filter, const int32_t* bias, int8_t* output) {
  constexpr int32_t kLargestOffset = UINT16_MAX;
  const int32_t channels = parameters.window.output_channels;
  if (parameters.window.groups != 1 || !columns_fit(parameters.window) ||
      channels > (kLargestOffset - 1) / (kPixelsPerBlock - 1)) {
    arm_dsp::conv_2d(parameters, input, filter, bias, output);
    return;
  }
  Convolution(parameters, input, filter, bias).run(output);
}

}  // namespace stapes::arm_mve
#endif
