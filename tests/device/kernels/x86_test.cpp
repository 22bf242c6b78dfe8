#if defined(__x86_64__)
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "device/kernels/x86/avx2/conv_2d.h"
#include "device/kernels/x86/avx2/depthwise_conv_2d.h"
#include "device/kernels/x86/avx2/elementwise.h"
#include "device/kernels/x86/avx2/fully_connected.h"
#include "device/kernels/x86/avx2/mean.h"
#include "device/kernels/x86/avx2/pool_2d.h"
#include "device/kernels/x86/avx2/quantize.h"
#include "device/kernels/x86/avx512/conv_2d.h"
#include "device/kernels/x86/avx512/depthwise_conv_2d.h"
#include "device/kernels/x86/avx512/elementwise.h"
#include "device/kernels/x86/avx512/fully_connected.h"
#include "device/kernels/x86/avx512/mean.h"
#include "device/kernels/x86/avx512/pool_2d.h"
#include "device/kernels/x86/avx512/quantize.h"
#include "device/kernels/x86/level.h"
#include "tests/device/kernels/x86_memory.h"

// The kernels of each level that this processor has against the reference, on random and extreme
// numbers and shapes. Inputs, and packed constants, end where a page ends behind which nothing may
// be read.
namespace stapes::x86 {
namespace {

// The two parts of a convolution with packed constants.
struct PackedConvolution {
  decltype(&avx2::packed_bytes_of_conv_2d) bytes;
  decltype(&avx2::pack_conv_2d) pack;
  decltype(&avx2::packed_conv_2d) run;
};

struct Kernels {
  const char* name;
  Level level;
  decltype(&avx2::conv_2d) conv_2d;
  decltype(&avx2::depthwise_conv_2d) depthwise_conv_2d;
  decltype(&avx2::fully_connected) fully_connected;
  decltype(&avx2::add) elementwise[4];
  decltype(&avx2::mean) mean;
  decltype(&avx2::average_pool_2d) average_pool_2d;
  decltype(&avx2::quantize) quantize;
  decltype(&avx2::requantize) requantize;
  PackedConvolution packed_conv_2d;
  PackedConvolution packed_depthwise_conv_2d;
};

const Kernels kAvx2Kernels = {
    "avx2",
    Level::kAvx2,
    avx2::conv_2d,
    avx2::depthwise_conv_2d,
    avx2::fully_connected,
    {avx2::add, avx2::subtract, avx2::squared_difference, avx2::multiply_elements},
    avx2::mean,
    avx2::average_pool_2d,
    avx2::quantize,
    avx2::requantize,
    {avx2::packed_bytes_of_conv_2d, avx2::pack_conv_2d, avx2::packed_conv_2d},
    {avx2::packed_bytes_of_depthwise_conv_2d, avx2::pack_depthwise_conv_2d,
     avx2::packed_depthwise_conv_2d},
};
const Kernels kAvx512Kernels = {
    "avx512",
    Level::kAvx512Vnni,
    avx512::conv_2d,
    avx512::depthwise_conv_2d,
    avx512::fully_connected,
    {avx512::add, avx512::subtract, avx512::squared_difference, avx512::multiply_elements},
    avx512::mean,
    avx512::average_pool_2d,
    avx512::quantize,
    avx512::requantize,
    {avx512::packed_bytes_of_conv_2d, avx512::pack_conv_2d, avx512::packed_conv_2d},
    {avx512::packed_bytes_of_depthwise_conv_2d, avx512::pack_depthwise_conv_2d,
     avx512::packed_depthwise_conv_2d},
};

class X86 : public testing::TestWithParam<const Kernels*>, protected RandomNumbers {
 protected:
  void SetUp() override {
    if (!has(GetParam()->level)) GTEST_SKIP() << "this processor has no " << GetParam()->name;
  }
  const Kernels& fast() const { return *GetParam(); }
};

class Convolutions : public X86 {
 protected:
  reference::Conv2DParameters draw_parameters(bool depthwise) {
    reference::Conv2DParameters p = {};
    Window2D& w = p.window;
    const bool pointwise = !depthwise && chance(2);
    w.batches = draw(1, 2);
    w.input_height = draw(1, 12);
    w.input_width = chance(3) ? 1 : draw(1, 12);
    w.input_channels = chance(3) ? draw(1, 150) : draw(1, 24);
    w.filter_height = pointwise ? 1 : draw(1, 9);
    w.filter_width = pointwise ? 1 : draw(1, 4);
    w.stride_height = draw(1, 3);
    w.stride_width = draw(1, 3);
    w.dilation_height = chance(4) ? 2 : 1;
    w.dilation_width = chance(4) ? 2 : 1;
    w.padding_top = draw(0, pointwise ? 1 : 6);  // windows may lie outside of the input altogether
    w.padding_left = draw(0, pointwise ? 1 : 6);
    w.output_height = draw(1, 8);
    w.output_width = draw(1, 8);
    if (pointwise && chance(2)) {
      w.stride_height = w.stride_width = 1;
      w.padding_top = w.padding_left = 0;
      w.output_height = w.input_height;
      w.output_width = w.input_width;
    }
    if (depthwise && chance(2)) {  // along a column, for which there are other loops
      w.input_width = w.filter_width = w.output_width = w.dilation_height = 1;
      w.padding_left = 0;
      w.stride_height = draw(1, 5);
      w.input_height = draw(1, 170);
      w.output_height = draw(1, 170);
    }
    if (depthwise && chance(3)) {  // along a column, of as many channels as two blocks have
      w.input_width = w.filter_width = w.output_width = w.dilation_height = w.stride_height = 1;
      w.padding_left = 0;
      w.filter_height = 9;
      w.input_channels = draw(17, 150);
    }
    if (depthwise && chance(6)) {  // rows that are done in parts
      w.input_channels = draw(1, 70);
      w.input_width = draw(1, 200);
      w.output_width = draw(1, 200);
      w.output_height = draw(1, 3);
    }
    w.depth_multiplier = depthwise && chance(5) ? 2 : 1;
    w.output_channels = depthwise   ? w.input_channels * w.depth_multiplier
                        : chance(3) ? draw(1, 150)
                                    : draw(1, 20);
    w.groups = 1;
    if (!depthwise && chance(10)) {
      w.groups = 3;
      w.input_channels *= 3;
      w.output_channels *= 3;
    }
    finish(&p);
    return p;
  }
  void finish(reference::Conv2DParameters* p) {
    p->input_offset = -zero_point();
    p->output_offset = zero_point();
    draw_range(&p->activation_minimum, &p->activation_maximum);
    fill_channels(p->window.output_channels);
    p->multipliers = multipliers_.data();
  }
  template <typename Reference, typename Fast>
  void compare(const reference::Conv2DParameters& p, bool depthwise, Reference* plain,
               Fast* vectors) {
    const Window2D& w = p.window;
    Fenced<int8_t> input(int64_t{w.batches} * w.input_height * w.input_width * w.input_channels);
    Fenced<int8_t> filter(int64_t{w.filter_height} * w.filter_width * w.output_channels *
                          (depthwise ? 1 : w.input_channels / w.groups));
    fill(input);
    fill(filter);
    const int32_t* bias = chance(5) ? nullptr : biases_.data();
    expect_same_bytes(
        int64_t{w.batches} * w.output_height * w.output_width * w.output_channels,
        [&](int8_t* out) { plain(p, input.data(), filter.data(), bias, out); },
        [&](int8_t* out) { vectors(p, input.data(), filter.data(), bias, out); });
    const PackedConvolution& kernels =
        depthwise ? fast().packed_depthwise_conv_2d : fast().packed_conv_2d;
    const size_t bytes = kernels.bytes(p);
    if (bytes == 0 || HasFailure()) return;
    Fenced<uint8_t> packed(static_cast<int64_t>(bytes));  // at whatever address that makes
    std::memset(packed.data(), 0xA5, bytes);
    kernels.pack(p, filter.data(), bias, packed.data());
    expect_same_bytes(
        int64_t{w.batches} * w.output_height * w.output_width * w.output_channels,
        [&](int8_t* out) { plain(p, input.data(), filter.data(), bias, out); },
        [&](int8_t* out) { kernels.run(p, input.data(), packed.data(), out); });
  }
};

TEST_P(Convolutions, Conv2D) {
  for (int32_t i = 0; i < cases(400) && !HasFailure(); ++i) {
    compare(draw_parameters(false), false, &reference::conv_2d, fast().conv_2d);
  }
}

// Filters as long as the buffers, and longer.
TEST_P(Convolutions, LongConv2D) {
  for (const int32_t channels :
       {1023, 1024, 1025, 2040, 2046, 2048, 4091, 4092, 4096, 4100, 9000}) {
    for (int32_t i = 0; i < cases(3) && !HasFailure(); ++i) {
      reference::Conv2DParameters p = {};
      p.window = {1, 1, 7, channels, 1, 1, 1, 7, draw(1, 70), 1, 1, 1, 1, 0, 0, 1, 1};
      finish(&p);
      compare(p, false, &reference::conv_2d, fast().conv_2d);
    }
  }
}

using Convolution = void(const reference::Conv2DParameters&, const int8_t*, const int8_t*,
                         const int32_t*, int8_t*);

TEST_P(Convolutions, Depthwise) {
  constexpr Convolution* kReference = reference::depthwise_conv_2d;
  for (int32_t i = 0; i < cases(400) && !HasFailure(); ++i) {
    compare(draw_parameters(true), true, kReference, fast().depthwise_conv_2d);
  }
}

TEST_P(X86, FullyConnected) {
  for (int32_t i = 0; i < cases(300) && !HasFailure(); ++i) {
    reference::FullyConnectedParameters p = {};
    p.product = {draw(1, 3), chance(5) ? draw(1, 3000) : draw(1, 140), draw(1, 20)};
    p.input_offset = -zero_point();
    p.output_offset = zero_point();
    draw_range(&p.activation_minimum, &p.activation_maximum);
    fill_channels(p.product.output_depth);
    p.multiplier = multipliers_[0];
    p.multipliers = chance(2) ? multipliers_.data() : nullptr;
    Fenced<int8_t> input(int64_t{p.product.batches} * p.product.input_depth);
    Fenced<int8_t> weights(int64_t{p.product.output_depth} * p.product.input_depth);
    fill(input);
    fill(weights);
    const int32_t* bias = chance(5) ? nullptr : biases_.data();
    expect_same_bytes(
        int64_t{p.product.batches} * p.product.output_depth,
        [&](int8_t* out) {
          reference::fully_connected(p, input.data(), weights.data(), bias, out);
        },
        [&](int8_t* out) { fast().fully_connected(p, input.data(), weights.data(), bias, out); });
  }
}

TEST_P(X86, Elementwise) {
  using Kernel =
      void(const reference::ElementwiseParameters&, const int8_t*, const int8_t*, int8_t*);
  Kernel* const plain[] = {reference::add, reference::subtract, reference::squared_difference,
                           reference::multiply_elements};
  for (int32_t i = 0; i < cases(1000) && !HasFailure(); ++i) {
    reference::ElementwiseParameters p = {};
    const int32_t rows = draw(1, 5);
    const int32_t length = draw(1, 70);
    int32_t second_elements = 0;
    if (chance(2)) {
      second_elements = chance(4) ? 1 : rows * length;
      p.broadcast = {1, {rows * length}, {1}, {second_elements == 1 ? 0 : 1}};
    } else if (chance(2)) {
      second_elements = length;
      p.broadcast = {2, {rows, length}, {length, 1}, {0, 1}};
    } else {
      second_elements = rows;
      p.broadcast = {2, {rows, length}, {length, 1}, {1, 0}};
    }
    p.first_offset = -zero_point();
    p.second_offset = -zero_point();
    p.output_offset = zero_point();
    const int32_t kind = draw(0, 3);
    p.left_shift = kind == 2 ? 7 : 20;
    const auto input_multiplier = [&] {
      if (chance(2)) return Multiplier{1 << 30, 0};
      const Multiplier any = multiplier(chance(4));
      return Multiplier{any.value, chance(2) ? -1 : any.shift};
    };
    p.first_multiplier = input_multiplier();
    p.second_multiplier = input_multiplier();
    p.output_multiplier = multiplier(chance(4));
    if (chance(2)) p.output_multiplier.shift = draw(-20, -16);
    draw_range(&p.activation_minimum, &p.activation_maximum);
    Fenced<int8_t> first(rows * length);
    Fenced<int8_t> second(second_elements);
    fill(first);
    fill(second);
    const auto with = [&](auto* kernel) {
      return [&, kernel](int8_t* out) { kernel(p, first.data(), second.data(), out); };
    };
    expect_same_bytes(rows * length, with(plain[kind]), with(fast().elementwise[kind]));
  }
}

TEST_P(X86, Mean) {
  for (int32_t i = 0; i < cases(300) && !HasFailure(); ++i) {
    const int32_t outer = draw(1, 4);
    const int32_t middle = draw(1, 60);
    const int32_t inner = draw(1, 40);
    reference::MeanParameters p = {};
    const int32_t kind = draw(0, 2);
    int32_t outputs = outer * inner;
    if (kind == 0) {  // over the middle axis
      p.reduction = {2, {outer, inner}, {middle * inner, 1}, 1, {middle}, {inner}, middle};
    } else if (kind == 1) {  // over the last
      p.reduction = {1, {outer * middle}, {inner}, 1, {inner}, {1}, inner};
      outputs = outer * middle;
    } else {  // over the first two, as two axes
      p.reduction = {1, {inner}, {1}, 2, {outer, middle}, {middle * inner, inner}, outer * middle};
      outputs = inner;
    }
    p.sum_offset = -zero_point() * p.reduction.reduced_elements;
    p.output_offset = zero_point();
    Multiplier scale = multiplier(chance(4));
    if (chance(2)) scale.shift = draw(-1, 1);
    p.multiplier = reference::divide_by_count(scale, p.reduction.reduced_elements);
    Fenced<int8_t> input(outer * middle * inner);
    fill(input);
    expect_same_bytes(
        outputs, [&](int8_t* out) { reference::mean(p, input.data(), out); },
        [&](int8_t* out) { fast().mean(p, input.data(), out); });
  }
}

TEST_P(Convolutions, AveragePool2D) {
  for (int32_t i = 0; i < cases(300) && !HasFailure(); ++i) {
    reference::Pool2DParameters p = {};
    p.window = draw_parameters(true).window;
    p.window.output_channels = p.window.input_channels;
    draw_range(&p.activation_minimum, &p.activation_maximum);
    const Window2D& w = p.window;
    Fenced<int8_t> input(int64_t{w.batches} * w.input_height * w.input_width * w.input_channels);
    fill(input);
    expect_same_bytes(
        w.batches * w.output_height * w.output_width * w.output_channels,
        [&](int8_t* out) { reference::average_pool_2d(p, input.data(), out); },
        [&](int8_t* out) { fast().average_pool_2d(p, input.data(), out); });
  }
}

TEST_P(X86, Quantize) {
  for (int32_t i = 0; i < cases(300) && !HasFailure(); ++i) {
    const int32_t count = draw(1, 100);
    const float scale =
        chance(2) ? 0.25F : std::ldexp(1 + static_cast<float>(random_.uniform()), draw(-20, 5));
    Fenced<float> values(count);
    for (float& value : values) {
      const uint32_t bits = random_.next();
      const float tie = (static_cast<float>(draw(-300, 300)) + 0.5F) * scale;
      switch (draw(0, 4)) {
        case 0:  // anything: infinities, not a number, subnormal numbers
          std::memcpy(&value, &bits, sizeof(value));
          break;
        case 1:
          value = tie;
          break;
        case 2:
          value = std::nextafter(tie, chance(2) ? -1e9F : 1e9F);
          break;
        case 3:
          value = chance(2) ? std::numeric_limits<float>::infinity()
                            : -std::numeric_limits<float>::infinity();
          break;
        default:
          value = static_cast<float>(random_.uniform(-150, 150)) * scale;
      }
    }
    const int32_t zero = zero_point();
    expect_same_bytes(
        count, [&](int8_t* out) { reference::quantize(values.data(), count, scale, zero, out); },
        [&](int8_t* out) { fast().quantize(values.data(), count, scale, zero, out); });
    Fenced<int8_t> bytes(count);
    fill(bytes);
    const reference::RequantizeParameters p = {count, -zero_point(), zero, multiplier(true)};
    const auto with = [&](auto kernel) {
      return [&, kernel](int8_t* out) { kernel(p, bytes.data(), out); };
    };
    void (*plain)(const reference::RequantizeParameters&, const int8_t*, int8_t*) =
        reference::requantize;
    expect_same_bytes(count, with(plain), with(fast().requantize));
  }
}

const auto kName = [](const auto& test) { return test.param->name; };
INSTANTIATE_TEST_SUITE_P(Levels, X86, testing::Values(&kAvx2Kernels, &kAvx512Kernels), kName);
INSTANTIATE_TEST_SUITE_P(Levels, Convolutions, testing::Values(&kAvx2Kernels, &kAvx512Kernels),
                         kName);

}  // namespace
}  // namespace stapes::x86
#endif
