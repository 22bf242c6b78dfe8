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
  for (; depth >= kVectorBytes; depth -= kVectorBytes) {
    const int8x16_t vector = vldrbq_s8(weights);
    vstrbq_s8(packed, vector);
    sum = vaddvaq_s8(sum, vector);
    weights += kVectorBytes;
    packed += kChannelsPerBlock * kVectorBytes;
  }
  if (depth > 0) {
    const int8x16_t vector = vldrbq_z_s8(weights, vctp8q(static_cast<uint32_t>(depth)));
    vstrbq_s8(packed, vector);
    sum = vaddvaq_s8(sum, vector);
  }
  return sum;
}

// The blocks' outputs for a multiplier whose shift the assembly can't do.
void multiply_slowly(const reference::Conv2DParameters& parameters, int32_t first_channel,
                     int32_t second_channel, BlockProduct* product) {
  const reference::Multiplier multipliers[] = {parameters.multipliers[first_channel],
                                               parameters.multipliers[second_channel]};
  while (product->next != product->end) {
    int8_t* output = product->output + product->next->output;
    sum_block(product);
    for (int32_t i = 0; i < kPixelsPerBlock * kChannelsPerBlock; ++i) {
      const int32_t channel = i % kChannelsPerBlock;
      const int32_t sum = product->sums[channel][i / kChannelsPerBlock];
      const int32_t value = reference::wrapping_add(reference::multiply(sum, multipliers[channel]),
                                                    parameters.output_offset);
      output[product->offsets[i]] = static_cast<int8_t>(
          reference::clamp(value, parameters.activation_minimum, parameters.activation_maximum));
    }
  }
}

}  // namespace

void conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
             const int8_t* filter, const int32_t* bias, int8_t* output) {
  const Window2D& window = parameters.window;
  const int32_t channels = window.output_channels;
  constexpr int32_t kLargestOffset = UINT16_MAX;
  if (!columns_fit(window) || channels > (kLargestOffset - 1) / (kPixelsPerBlock - 1)) {
    arm_dsp::conv_2d(parameters, input, filter, bias, output);
    return;
  }
  Columns columns(parameters, input);
  const int32_t depth = columns.depth();
  const bool is_narrowed =
      parameters.activation_minimum > INT8_MIN || parameters.activation_maximum < INT8_MAX;
  MultiplyBlocks* const multiply = multiply_blocks(columns.vectors(), is_narrowed);
  const int32_t rounds = columns.vectors() / vectors_per_round(columns.vectors());

  BlockProduct product;
  product.output_offset = parameters.output_offset;
  std::memset(product.minimum, parameters.activation_minimum, sizeof(product.minimum));
  std::memset(product.maximum, parameters.activation_maximum, sizeof(product.maximum));
  for (int32_t pixel = 0; pixel < columns.pixels();) {
    const int32_t count = columns.collect(pixel);
    for (int32_t p = 0; p < kPixelsPerBlock; ++p) {
      const int32_t offset = (p < count ? p : count - 1) * channels;
      product.offsets[2 * p] = static_cast<uint16_t>(offset);
      product.offsets[2 * p + 1] = static_cast<uint16_t>(offset + (channels > 1 ? 1 : 0));
    }
    for (int32_t channel = 0; channel < channels; channel += kChannelsPerBlock) {
      // An odd last channel is computed together with the one before it, or with itself.
      const int32_t last = channel + 1 < channels ? channel + 1 : channel;
      const int32_t first = last > 0 ? last - 1 : 0;
      const int32_t pair[] = {first, last};
      for (int32_t i = 0; i < kChannelsPerBlock; ++i) {
        const int32_t sum =
            pack_weights(filter + pair[i] * depth, depth, product.weights + i * kVectorBytes);
        const int32_t start = (bias == nullptr ? 0 : bias[pair[i]]) + 0;
        const int32_t initial = reference::wrapping_add(start, parameters.input_offset * sum);
        for (int32_t& value : product.initial[i]) value = initial;
        product.multiplier[i] = parameters.multipliers[pair[i]].value;
        product.shift[i] = parameters.multipliers[pair[i]].shift;
      }
      product.output = output + first;
      product.next = columns.begin();
      product.end = columns.end();
      if (is_fast(parameters.multipliers[first]) && is_fast(parameters.multipliers[last])) {
        product.rounds = rounds;
        multiply(&product);
      } else {
        product.rounds = columns.vectors();
        multiply_slowly(parameters, first, last, &product);
      }
    }
    output += count * channels;
    pixel += count;
  }
}

}  // namespace stapes::arm_mve
#endif
