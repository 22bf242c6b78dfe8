// kernel_test: runs the kernels that the board's processor selects (device/kernels/kernels.h) and
// the reference kernels on the same random and extreme numbers, shapes and addresses, and compares
// every byte of their outputs and of what lies around them. Exit code 0: all equal.
#include <initializer_list>

#include "firmware/apps/kernel_test/compare.h"
#include "firmware/apps/kernel_test/lstm.h"

namespace stapes::firmware {
namespace {

int32_t output_extent(int32_t input, int32_t padding, int32_t filter, int32_t stride,
                      int32_t dilation) {
  const int32_t extent = input + 2 * padding - (filter - 1) * dilation;
  return extent <= 0 ? 1 : (extent - 1) / stride + 1;
}

int32_t input_size(const Window2D& window) {
  return window.batches * window.input_height * window.input_width * window.input_channels;
}
int32_t filter_size(const Window2D& window, bool depthwise) {
  return window.filter_height * window.filter_width * window.output_channels *
         (depthwise ? 1 : window.input_channels / window.groups);
}

void random_range(int32_t* minimum, int32_t* maximum) {
  *minimum = chance(3) ? random_between(INT8_MIN, 0) : INT8_MIN;
  *maximum = chance(3) ? random_between(0, INT8_MAX) : INT8_MAX;
}

void fill_channels(int32_t channels) {
  const bool any = chance(4);
  for (int32_t i = 0; i < channels; ++i) {
    multipliers[i] = random_multiplier(any);
    bias_words[i] = random_bias();
  }
}

reference::Conv2DParameters random_convolution(bool depthwise) {
  reference::Conv2DParameters parameters = {};
  Window2D& window = parameters.window;
  const bool one_by_one = !depthwise && chance(2);
  const bool long_window = !one_by_one && chance(2);
  window.batches = chance(4) ? 2 : 1;
  window.filter_height = one_by_one ? 1 : random_between(1, long_window ? 12 : 4);
  window.filter_width = one_by_one || long_window ? 1 : random_between(1, 4);
  window.input_height = random_between(1, 12);
  window.input_width = long_window ? 1 : random_between(1, 8);
  window.input_channels = chance(10) ? 40 : random_between(1, 24);
  window.depth_multiplier = depthwise && chance(5) ? 2 : 1;
  window.output_channels =
      depthwise ? window.input_channels * window.depth_multiplier : random_between(1, 12);
  window.groups = 1;
  if (!depthwise && chance(10)) {
    window.groups = 2;
    window.input_channels += window.input_channels % 2;
    window.output_channels += window.output_channels % 2;
  }
  window.stride_height = random_between(1, 3);
  window.stride_width = random_between(1, 3);
  window.dilation_height = chance(4) ? 2 : 1;
  window.dilation_width = chance(4) ? 2 : 1;
  window.padding_top = random_between(0, window.filter_height - 1);
  window.padding_left = random_between(0, window.filter_width - 1);
  if (chance(4)) {  // a single output pixel, as in a stream
    window.batches = 1;
    window.padding_top = window.padding_left = 0;
    window.input_height = (window.filter_height - 1) * window.dilation_height + 1;
    window.input_width = (window.filter_width - 1) * window.dilation_width + 1;
  }
  window.output_height =
      output_extent(window.input_height, window.padding_top, window.filter_height,
                    window.stride_height, window.dilation_height);
  window.output_width = output_extent(window.input_width, window.padding_left, window.filter_width,
                                      window.stride_width, window.dilation_width);
  parameters.input_offset = -random_zero_point();
  parameters.output_offset = random_zero_point();
  random_range(&parameters.activation_minimum, &parameters.activation_maximum);
  parameters.multipliers = multipliers;
  fill_channels(window.output_channels);
  return parameters;
}

// A filter [H, W, O] as [O, H, W].
const int8_t* by_channel(const int8_t* filter, const Window2D& window) {
  static int8_t bytes[9000];
  const int32_t taps = window.filter_height * window.filter_width;
  for (int32_t tap = 0; tap < taps; ++tap) {
    for (int32_t channel = 0; channel < window.output_channels; ++channel) {
      bytes[channel * taps + tap] = filter[tap * window.output_channels + channel];
    }
  }
  return bytes;
}

// As compiled models do it. The law of both orders is the same.
void test_by_channel(const char* name, const reference::Conv2DParameters& parameters, int32_t size,
                     const int8_t* input, const int8_t* filter, const int32_t* bias) {
  const Window2D& window = parameters.window;
  compare(
      name, size,
      [&](int8_t* out) { reference::depthwise_conv_2d(parameters, input, filter, bias, out); },
      [&](int8_t* out) {
        kernels::depthwise_conv_2d_by_channel(
            parameters, at_first_end(input, input_size(window)),
            at_second_end(by_channel(filter, window), filter_size(window, true)), bias, out);
      });
}

void test_convolution(bool depthwise) {
  const reference::Conv2DParameters parameters = random_convolution(depthwise);
  const Window2D& window = parameters.window;
  const int8_t* input = input_bytes + random_between(0, 3);
  const int8_t* filter = weight_bytes + random_between(0, 3);
  const int32_t* bias = chance(5) ? nullptr : bias_words;
  fill(input_bytes, 9000);
  fill(weight_bytes, 9000);
  const int32_t size =
      window.batches * window.output_height * window.output_width * window.output_channels;
  if (depthwise) {
    compare(
        "depthwise_conv_2d", size,
        [&](int8_t* out) { reference::depthwise_conv_2d(parameters, input, filter, bias, out); },
        [&](int8_t* out) {
          kernels::depthwise_conv_2d(parameters, at_first_end(input, input_size(window)),
                                     at_second_end(filter, filter_size(window, true)), bias, out);
        });
    test_by_channel("depthwise_conv_2d by channel", parameters, size, input, filter, bias);
  } else {
    compare(
        "conv_2d", size,
        [&](int8_t* out) { reference::conv_2d(parameters, input, filter, bias, out); },
        [&](int8_t* out) {
          kernels::conv_2d(parameters, at_first_end(input, input_size(window)),
                           at_second_end(filter, filter_size(window, false)), bias, out);
        });
  }
}

// More output pixels than kernels take at once, with and without a filter that is one pixel.
void test_many_pixels() {
  reference::Conv2DParameters parameters = random_convolution(false);
  Window2D& window = parameters.window;
  const int32_t size = chance(2) ? 1 : 3;
  window = {1,
            random_between(40, 100),
            3,
            random_between(1, 70),
            size,
            1,
            1,
            1,
            random_between(1, 9),
            1,
            1,
            1,
            1,
            size / 2,
            0,
            1,
            1};
  window.output_height = window.input_height;
  window.output_width = window.input_width;
  fill_channels(window.output_channels);
  fill(input_bytes, kCapacity);
  fill(weight_bytes, kCapacity);
  compare(
      "many pixels", window.output_height * window.output_width * window.output_channels,
      [&](int8_t* out) {
        reference::conv_2d(parameters, input_bytes, weight_bytes, bias_words, out);
      },
      [&](int8_t* out) {
        kernels::conv_2d(parameters, at_first_end(input_bytes, input_size(parameters.window)),
                         at_second_end(weight_bytes, filter_size(parameters.window, false)),
                         bias_words, out);
      });
}

// Columns too long for four at once, and for the kernel's buffer.
void test_long_convolution(int32_t channels) {
  reference::Conv2DParameters parameters = {};
  parameters.window = {1, 1, 6, channels, 1, 1, 1, 6, 5, 1, 1, 1, 1, 0, 0, 1, 1};
  parameters.input_offset = -random_zero_point();
  parameters.output_offset = random_zero_point();
  random_range(&parameters.activation_minimum, &parameters.activation_maximum);
  parameters.multipliers = multipliers;
  fill_channels(5);
  fill(input_bytes, kCapacity);
  fill(weight_bytes, kCapacity);
  compare(
      "long conv_2d", 30,
      [&](int8_t* out) {
        reference::conv_2d(parameters, input_bytes, weight_bytes, bias_words, out);
      },
      [&](int8_t* out) {
        kernels::conv_2d(parameters, at_first_end(input_bytes, input_size(parameters.window)),
                         at_second_end(weight_bytes, filter_size(parameters.window, false)),
                         bias_words, out);
      });
}

// Images longer than what a kernel holds on the stack, with the filters of keyword-spotting models.
void test_long_depthwise_convolution() {
  reference::Conv2DParameters parameters = random_convolution(true);
  Window2D& window = parameters.window;
  const bool is_column = chance(2);
  window.batches = 1;
  window.filter_height = is_column ? random_between(7, 10) : 3;
  window.filter_width = is_column ? 1 : random_between(2, 4);
  window.input_height = random_between(20, is_column ? 300 : 90);
  window.input_width = is_column ? 1 : random_between(4, 12);
  window.input_channels = window.output_channels = random_between(3, 9);
  window.depth_multiplier = window.groups = 1;
  window.dilation_height = window.dilation_width = 1;
  window.padding_top = random_between(0, window.filter_height - 1);
  window.padding_left = random_between(0, window.filter_width - 1);
  window.output_height = output_extent(window.input_height, window.padding_top,
                                       window.filter_height, window.stride_height, 1);
  window.output_width = output_extent(window.input_width, window.padding_left, window.filter_width,
                                      window.stride_width, 1);
  fill_channels(window.output_channels);
  fill(input_bytes, kCapacity);
  fill(weight_bytes, 2000);
  const int8_t* input = input_bytes + random_between(0, 3);
  const int8_t* filter = weight_bytes + random_between(0, 3);
  const int32_t size = window.output_height * window.output_width * window.output_channels;
  compare(
      "long depthwise_conv_2d", size,
      [&](int8_t* out) {
        reference::depthwise_conv_2d(parameters, input, filter, bias_words, out);
      },
      [&](int8_t* out) { kernels::depthwise_conv_2d(parameters, input, filter, bias_words, out); });
  test_by_channel("long depthwise_conv_2d by channel", parameters, size, input, filter, bias_words);
}

void test_fully_connected() {
  reference::FullyConnectedParameters parameters = {};
  parameters.product = {random_between(1, 3), random_between(1, 90), random_between(1, 20)};
  parameters.input_offset = -random_zero_point();
  parameters.output_offset = random_zero_point();
  random_range(&parameters.activation_minimum, &parameters.activation_maximum);
  fill_channels(parameters.product.output_depth);
  parameters.multiplier = multipliers[0];
  parameters.multipliers = chance(2) ? multipliers : nullptr;
  const int8_t* input = input_bytes + random_between(0, 3);
  const int8_t* weights = weight_bytes + random_between(0, 3);
  const int32_t* bias = chance(5) ? nullptr : bias_words;
  fill(input_bytes, 300);
  fill(weight_bytes, 1900);
  compare(
      "fully_connected", parameters.product.batches * parameters.product.output_depth,
      [&](int8_t* out) { reference::fully_connected(parameters, input, weights, bias, out); },
      [&](int8_t* out) {
        const MatrixProduct& product = parameters.product;
        kernels::fully_connected(
            parameters, at_first_end(input, product.batches * product.input_depth),
            at_second_end(weights, product.output_depth * product.input_depth), bias, out);
      });
}

// As ADD's operator makes them: the larger scale's multiplier is a half.
void test_elementwise() {
  reference::ElementwiseParameters p = {};
  const int32_t rows = random_between(1, 5);
  const int32_t length = random_between(1, 40);
  if (chance(2)) {
    p.broadcast = {1, {rows * length}, {1}, {chance(4) ? 0 : 1}};
  } else {
    p.broadcast = {2, {rows, length}, {length, 1}, {0, 1}};
  }
  p.first_offset = -random_zero_point();
  p.second_offset = -random_zero_point();
  p.output_offset = random_zero_point();
  p.left_shift = 20;
  const auto input_multiplier = [](bool is_half) {
    if (is_half) return reference::Multiplier{1 << 30, 0};
    reference::Multiplier multiplier = random_multiplier(false);
    multiplier.shift = chance(2) ? -1 : random_between(-31, 0);
    return multiplier;
  };
  const int32_t half = random_between(0, 3);
  p.first_multiplier = input_multiplier((half & 1) != 0);
  p.second_multiplier = input_multiplier((half & 2) != 0);
  p.output_multiplier = random_multiplier(chance(4));
  if (chance(2)) p.output_multiplier.shift = random_between(-20, -16);
  random_range(&p.activation_minimum, &p.activation_maximum);
  fill(input_bytes, 300);
  fill(weight_bytes, 300);
  const int8_t* first = input_bytes + random_between(0, 3);
  const int8_t* second = weight_bytes + random_between(0, 3);
  // An input of which one element or one row is repeated is so long.
  const auto first_at_end = [&] { return at_first_end(first, rows * length); };
  const auto second_at_end = [&] {
    const int32_t count = p.broadcast.axes == 2               ? length
                          : p.broadcast.second_stride[0] == 0 ? 1
                                                              : rows * length;
    return at_second_end(second, count);
  };
  compare(
      "add", rows * length, [&](int8_t* out) { reference::add(p, first, second, out); },
      [&](int8_t* out) { kernels::add(p, first_at_end(), second_at_end(), out); });
  compare(
      "subtract", rows * length, [&](int8_t* out) { reference::subtract(p, first, second, out); },
      [&](int8_t* out) { kernels::subtract(p, first_at_end(), second_at_end(), out); });
  p.output_multiplier = random_multiplier(chance(4));
  compare(
      "multiply_elements", rows * length,
      [&](int8_t* out) { reference::multiply_elements(p, first, second, out); },
      [&](int8_t* out) { kernels::multiply_elements(p, first_at_end(), second_at_end(), out); });
  p.left_shift = 7;
  p.output_multiplier = random_multiplier(chance(4));
  if (chance(2)) p.output_multiplier.shift = random_between(-30, -16);
  compare(
      "squared_difference", rows * length,
      [&](int8_t* out) { reference::squared_difference(p, first, second, out); },
      [&](int8_t* out) { kernels::squared_difference(p, first_at_end(), second_at_end(), out); });
}

void test_requantize() {
  const reference::RequantizeParameters parameters = {
      random_between(1, 60),
      -random_zero_point(),
      random_zero_point(),
      {random_multiplier(false).value, random_between(-10, 3)}};
  fill(input_bytes, 70);
  const int8_t* input = input_bytes + random_between(0, 3);
  compare(
      "requantize", parameters.elements,
      [&](int8_t* out) { reference::requantize(parameters, input, out); },
      [&](int8_t* out) {
        kernels::requantize(parameters, at_first_end(input, parameters.elements), out);
      });
}

// Over the middle of three axes, or over the last one or two of them.
void test_mean() {
  const int32_t extent[] = {random_between(1, 4), random_between(1, 40), random_between(1, 20)};
  const int32_t stride[] = {extent[1] * extent[2], extent[2], 1};
  const int32_t kind = random_between(0, 3);
  reference::MeanParameters parameters = {};
  Reduction& reduction = parameters.reduction;
  reduction.reduced_elements = 1;
  int32_t outputs = 1;
  for (int32_t axis = 0; axis < 3; ++axis) {
    const bool is_reduced = kind == 0   ? axis == 1
                            : kind == 1 ? axis == 2
                            : kind == 2 ? axis > 0
                                        : axis != 1;
    int32_t& count = is_reduced ? reduction.reduced_axes : reduction.kept_axes;
    (is_reduced ? reduction.reduced_extent : reduction.kept_extent)[count] = extent[axis];
    (is_reduced ? reduction.reduced_stride : reduction.kept_stride)[count] = stride[axis];
    ++count;
    (is_reduced ? reduction.reduced_elements : outputs) *= extent[axis];
  }
  parameters.sum_offset = -random_zero_point() * reduction.reduced_elements;
  parameters.output_offset = random_zero_point();
  parameters.multiplier = random_multiplier(chance(3));
  fill(input_bytes, 3300);
  const int8_t* input = input_bytes + random_between(0, 3);
  compare(
      "mean", outputs, [&](int8_t* out) { reference::mean(parameters, input, out); },
      [&](int8_t* out) {
        kernels::mean(parameters, at_first_end(input, stride[0] * extent[0]), out);
      });
}

void test_l2_normalization() {
  const reference::L2NormalizationParameters parameters = {
      random_between(1, 3), random_between(1, 60), -random_zero_point()};
  fill(input_bytes, 200);
  compare(
      "l2_normalization", parameters.rows * parameters.depth,
      [&](int8_t* out) { reference::l2_normalization(parameters, input_bytes + 1, out); },
      [&](int8_t* out) {
        kernels::l2_normalization(
            parameters, at_first_end(input_bytes + 1, parameters.rows * parameters.depth), out);
      });
}

float float_from_bits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

void test_quantize() {
  constexpr int32_t kCount = 200;
  static float values[kCount];
  const int32_t zero_point = random_zero_point();
  const float scale = chance(2) ? 0.25F : float_from_bits(0x3A000000U + (random_word() >> 8));
  for (float& value : values) {
    switch (random_between(0, 3)) {
      case 0:  // anything: infinities, not a number, subnormal numbers
        value = float_from_bits(random_word());
        break;
      case 1:  // a tie, and its neighbours
        value = (static_cast<float>(random_between(-300, 300)) + 0.5F) * scale;
        if (chance(2)) {
          uint32_t bits;
          std::memcpy(&bits, &value, sizeof(bits));
          value = float_from_bits(bits + (chance(2) ? 1U : ~0U));
        }
        break;
      default:
        value = static_cast<float>(random_between(-1000000, 1000000)) * 1e-4F * scale;
    }
  }
  compare(
      "quantize", kCount,
      [&](int8_t* out) { reference::quantize(values, kCount, scale, zero_point, out); },
      [&](int8_t* out) { kernels::quantize(values, kCount, scale, zero_point, out); });
}

int run() {
  for (int32_t i = 0; i < 300; ++i) {
    test_convolution(false);
    test_convolution(true);
    test_fully_connected();
    test_elementwise();
    test_quantize();
    test_requantize();
    test_mean();
    test_l2_normalization();
    if (i % 10 == 0) test_many_pixels();
    if (i % 3 == 0) test_lstm();
    if (i % 5 == 0) test_extended_lstm();
    if (i % 6 == 0) test_layer_norm_lstm();
    if (i % 3 == 1) test_long_depthwise_convolution();
  }
  for (const int32_t channels : {319, 320, 321, 640, 1279, 1280, 1281, 1500}) {
    for (int32_t i = 0; i < 3; ++i) test_long_convolution(channels);
  }
  print("cases ");
  print_number(cases);
  print("\nbytes ");
  print_number(bytes_compared);
  print("\ndifferent ");
  print_number(different);
  print("\n");
  return different == 0 ? 0 : 1;
}

}  // namespace
}  // namespace stapes::firmware

int main() { return stapes::firmware::run(); }
