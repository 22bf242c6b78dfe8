#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/conv_2d.h"

#include "device/kernels/arm_dsp/requantization.h"
#include "device/kernels/reference/taps.h"

// The inputs under the window of four output pixels ("columns") are widened to int16_t once, with
// the input's offset added and doubled, and meet each channel's filter where it lies in flash: a
// word of weights, two SXTB16, and eight SMLAD on operands that two LDM fetch. Taps outside the
// input count as the zero point, which is 0 after the offset, so borders need no other loop.
namespace stapes::arm_dsp {
namespace {

constexpr int32_t kPixels = 4;
constexpr int32_t kColumnCapacity = 1280;  // elements of all columns together
constexpr int32_t kWordsPerGroup = 2;      // a group: four elements, {0, 2} and {1, 3}

// Widened columns: group by group, in each group pixel by pixel.
void widen(const int8_t* values, int32_t count, int32_t offset, int32_t step, int32_t* columns) {
  const int32_t offsets = both_lanes(offset);
  int32_t i = 0;
  for (; i + 4 <= count; i += 4) {
    const int32_t word = load_word(values + i);
    const int32_t even = even_bytes_plus(offsets, word);
    const int32_t odd = odd_bytes_plus(offsets, word);
    columns[0] = __sadd16(even, even);
    columns[1] = __sadd16(odd, odd);
    columns += step;
  }
  if (i < count) {  // weights behind the last one read as 0, so the rest may be anything
    const int32_t word = load_part(values + i, count - i);
    const int32_t even = even_bytes_plus(offsets, word);
    const int32_t odd = odd_bytes_plus(offsets, word);
    columns[0] = __sadd16(even, even);
    columns[1] = __sadd16(odd, odd);
  }
}

struct Pixel {
  int32_t batch;
  int32_t y;
  int32_t x;
};

Pixel pixel_at(const Window2D& window, int32_t index) {
  const int32_t line = index / window.output_width;
  return {line / window.output_height, line % window.output_height, index % window.output_width};
}

// The inputs under the pixel's window, in the filter's order: where they lie, or put together in
// `gathered`.
const int8_t* window_values(const Window2D& window, int8_t zero_point, const Pixel& pixel,
                            const int8_t* input, int8_t* gathered) {
  const int32_t channels = window.input_channels;
  const int32_t origin_y = pixel.y * window.stride_height - window.padding_top;
  const int32_t origin_x = pixel.x * window.stride_width - window.padding_left;
  const reference::Taps rows = reference::taps_inside(origin_y, window.dilation_height,
                                                      window.filter_height, window.input_height);
  const reference::Taps columns = reference::taps_inside(origin_x, window.dilation_width,
                                                         window.filter_width, window.input_width);
  const int8_t* image = input + pixel.batch * window.input_height * window.input_width * channels;
  const bool is_whole = rows.first == 0 && rows.last == window.filter_height &&
                        columns.first == 0 && columns.last == window.filter_width;
  const bool has_dense_rows = window.filter_width == 1 || window.dilation_width == 1;
  const bool is_one_run = window.filter_height == 1 || (window.dilation_height == 1 &&
                                                        window.filter_width == window.input_width);
  if (is_whole && has_dense_rows && is_one_run) {
    return image + (origin_y * window.input_width + origin_x) * channels;
  }
  const int32_t taps = window.filter_height * window.filter_width;
  if (!is_whole) std::memset(gathered, zero_point, static_cast<size_t>(taps * channels));
  for (int32_t row = rows.first; row < rows.last; ++row) {
    const int32_t y = origin_y + row * window.dilation_height;
    for (int32_t column = columns.first; column < columns.last; ++column) {
      const int32_t x = origin_x + column * window.dilation_width;
      std::memcpy(gathered + (row * window.filter_width + column) * channels,
                  image + (y * window.input_width + x) * channels, static_cast<size_t>(channels));
    }
  }
  return gathered;
}

// How a column is walked.
struct Loops {
  int32_t fives;   // times five groups
  int32_t groups;  // after those
  int32_t rest;    // elements behind the last whole group
};

// Adds four columns' products with the weights to `sums`. REQUIRES: kFivesOnly says that five
// groups, once or more, are all there is.
template <bool kFivesOnly>
inline void multiply_four(const int32_t* columns, const int8_t* weights, const Loops& loops,
                          int32_t (&sums)[kPixels]) {
  int32_t sum0 = sums[0];
  int32_t sum1 = sums[1];
  int32_t sum2 = sums[2];
  int32_t sum3 = sums[3];
  int32_t even;
  int32_t odd;
#define STAPES_GROUP                      \
  "ldr %[odd], [%[weights]], #4\n"        \
  "ldmia %[columns]!, {r4, r5, r6, r8}\n" \
  "sxtb16 %[even], %[odd]\n"              \
  "sxtb16 %[odd], %[odd], ror #8\n"       \
  "smlad %[sum0], %[even], r4, %[sum0]\n" \
  "smlad %[sum1], %[even], r6, %[sum1]\n" \
  "smlad %[sum0], %[odd], r5, %[sum0]\n"  \
  "smlad %[sum1], %[odd], r8, %[sum1]\n"  \
  "ldmia %[columns]!, {r4, r5, r6, r8}\n" \
  "smlad %[sum2], %[even], r4, %[sum2]\n" \
  "smlad %[sum3], %[even], r6, %[sum3]\n" \
  "smlad %[sum2], %[odd], r5, %[sum2]\n"  \
  "smlad %[sum3], %[odd], r8, %[sum3]\n"
#define STAPES_OPERANDS                                                                       \
  [sum0] "+r"(sum0), [sum1] "+r"(sum1), [sum2] "+r"(sum2), [sum3] "+r"(sum3),                 \
      [columns] "+r"(columns), [weights] "+r"(weights), [even] "=&r"(even), [odd] "=&r"(odd), \
      [left] "+r"(left)
  int32_t left = loops.fives;
  if (kFivesOnly || left > 0) {
    asm volatile("1:\n" STAPES_GROUP STAPES_GROUP STAPES_GROUP STAPES_GROUP STAPES_GROUP
                 "subs %[left], #1\n"
                 "bne 1b\n"
                 : STAPES_OPERANDS
                 :
                 : "r4", "r5", "r6", "r8", "cc", "memory");
  }
  left = kFivesOnly ? 0 : loops.groups;
  if (left > 0) {
    asm volatile("1:\n" STAPES_GROUP
                 "subs %[left], #1\n"
                 "bne 1b\n"
                 : STAPES_OPERANDS
                 :
                 : "r4", "r5", "r6", "r8", "cc", "memory");
  }
#undef STAPES_GROUP
#undef STAPES_OPERANDS
  if (!kFivesOnly && loops.rest != 0) {
    const int32_t word = load_part(weights, loops.rest);
    even = even_bytes(word);
    odd = odd_bytes(word);
    sum0 = __smlad(odd, columns[1], __smlad(even, columns[0], sum0));
    sum1 = __smlad(odd, columns[3], __smlad(even, columns[2], sum1));
    sum2 = __smlad(odd, columns[5], __smlad(even, columns[4], sum2));
    sum3 = __smlad(odd, columns[7], __smlad(even, columns[6], sum3));
  }
  sums[0] = sum0;
  sums[1] = sum1;
  sums[2] = sum2;
  sums[3] = sum3;
}

// One column's products with `count` weights, added to `sum`.
int32_t multiply_one(const int32_t* column, const int8_t* weights, int32_t count, int32_t sum) {
#pragma GCC unroll 5
  for (int32_t left = count / 4; left > 0; --left) {
    const int32_t word = load_word(weights);
    sum = __smlad(even_bytes(word), column[0], sum);
    sum = __smlad(odd_bytes(word), column[1], sum);
    weights += 4;
    column += kWordsPerGroup;
  }
  if ((count & 3) != 0) {
    const int32_t word = load_part(weights, count & 3);
    sum = __smlad(even_bytes(word), column[0], sum);
    sum = __smlad(odd_bytes(word), column[1], sum);
  }
  return sum;
}

// All channels of four pixels, each fast and with a bias; output of pixel p: output[p * channels].
template <bool kIsNarrowed, bool kFivesOnly>
void convolve_four(const reference::Conv2DParameters& parameters, const int32_t* columns,
                   const int8_t* filter, const int32_t* bias, int8_t* output) {
  const Window2D& window = parameters.window;
  const int32_t size = window.filter_height * window.filter_width * window.input_channels;
  const int32_t channels = window.output_channels;
  const ActivationRange range = {parameters.activation_minimum, parameters.activation_maximum};
  const Loops loops = {size / 20, size % 20 / 4, size % 4};
  const int32_t output_offset = parameters.output_offset;
  const reference::Multiplier* multiplier = parameters.multipliers;
  int8_t* const end = output + channels;
  for (; output != end; ++output) {
    const Requantization requantization =
        fast_requantization(*bias++, *multiplier++, output_offset);
    int32_t sums[kPixels] = {requantization.doubled_bias, requantization.doubled_bias,
                             requantization.doubled_bias, requantization.doubled_bias};
    multiply_four<kFivesOnly>(columns, filter, loops, sums);
    filter += size;
    int8_t* pixel = output;
    for (int32_t p = 0; p < kPixels; ++p) {
      *pixel = clamp_output(requantize(sums[p], requantization), range, kIsNarrowed);
      pixel += channels;
    }
  }
}

// All channels of one pixel.
void convolve_one(const reference::Conv2DParameters& parameters, const int32_t* column,
                  const int8_t* filter, const int32_t* bias, int8_t* output) {
  const Window2D& window = parameters.window;
  const int32_t size = window.filter_height * window.filter_width * window.input_channels;
  const ActivationRange range = {parameters.activation_minimum, parameters.activation_maximum};
  const bool is_narrowed = range.is_narrowed();
  const int32_t sum_limit = size * 255 * 128;
  for (int32_t channel = 0; channel < window.output_channels; ++channel) {
    const int32_t channel_bias = bias == nullptr ? 0 : bias[channel];
    const reference::Multiplier multiplier = parameters.multipliers[channel];
    const Requantization requantization =
        make_requantization(channel_bias, multiplier, parameters.output_offset, sum_limit);
    const int32_t sum = multiply_one(column, filter, size, requantization.doubled_bias);
    const int32_t value =
        requantization.is_fast()
            ? requantize(sum, requantization)
            : requantize_slowly(sum, channel_bias, multiplier, parameters.output_offset);
    output[channel] = clamp_output(value, range, is_narrowed);
    filter += size;
  }
}

bool all_channels_are_fast(const reference::Conv2DParameters& parameters, const int32_t* bias,
                           int32_t sum_limit) {
  for (int32_t i = 0; i < parameters.window.output_channels; ++i) {
    if (!allows_fast_requantization(bias[i], parameters.multipliers[i], sum_limit)) {
      return false;
    }
  }
  return true;
}

}  // namespace

void conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
             const int8_t* filter, const int32_t* bias, int8_t* output) {
  const Window2D& window = parameters.window;
  const int64_t wide_size =
      int64_t{window.filter_height} * window.filter_width * window.input_channels;
  if (wide_size > kColumnCapacity) {
    reference::conv_2d(parameters, input, filter, bias, output);
    return;
  }
  const auto size = static_cast<int32_t>(wide_size);
  const int32_t groups = (size + 3) / 4;
  const bool fits_four = groups * 4 * kPixels <= kColumnCapacity;
  const bool by_four =
      fits_four && bias != nullptr && all_channels_are_fast(parameters, bias, size * 255 * 128);
  const auto zero_point = static_cast<int8_t>(-parameters.input_offset);
  const bool is_narrowed =
      ActivationRange{parameters.activation_minimum, parameters.activation_maximum}.is_narrowed();
  const auto convolve_block =
      size % 20 == 0 ? (is_narrowed ? convolve_four<true, true> : convolve_four<false, true>)
                     : (is_narrowed ? convolve_four<true, false> : convolve_four<false, false>);
  alignas(8) int32_t columns[kColumnCapacity / 2];
  int8_t gathered[kColumnCapacity];

  const int32_t all = window.batches * window.output_height * window.output_width;
  for (int32_t done = 0; done < all;) {
    const int32_t left = all - done;
    const bool four = by_four && (left >= kPixels || (left > 1 && all >= kPixels));
    const int32_t pixels = four ? kPixels : 1;
    // Two or three pixels at the end are four of which the first are computed once more.
    if (four && left < kPixels) done = all - kPixels;
    const int32_t step = kWordsPerGroup * pixels;
    for (int32_t p = 0; p < pixels; ++p) {
      const int8_t* values =
          window_values(window, zero_point, pixel_at(window, done + p), input, gathered);
      widen(values, size, parameters.input_offset, step, columns + p * kWordsPerGroup);
    }
    (four ? convolve_block : convolve_one)(parameters, columns, filter, bias,
                                           output + done * window.output_channels);
    done += pixels;
  }
}

}  // namespace stapes::arm_dsp
#endif
