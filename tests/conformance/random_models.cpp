#include "tests/conformance/random_models.h"

#include <algorithm>
#include <functional>

#include "tests/conformance/builder.h"
#include "tests/conformance/last_bits_models.h"
#include "tests/conformance/lstm_models.h"
#include "tests/conformance/movement_models.h"

namespace stapes::conformance {
namespace {

Activation any_activation(Builder& b) {
  return b.one_of({Activation::kNone, Activation::kNone, Activation::kRelu, Activation::kRelu6});
}

int32_t window_output(Padding padding, int32_t input, int32_t filter, int32_t stride,
                      int32_t dilation) {
  const int32_t extent = (filter - 1) * dilation + 1;
  return padding == Padding::kSame ? (input + stride - 1) / stride
                                   : (input - extent + stride) / stride;
}

// Input, options and output extents of something with a window.
struct Window {
  int32_t input;
  Dimensions output;  // without channels
  int32_t filter_height;
  int32_t filter_width;
  graph::Options options;
};

Window random_window(Builder& b, bool dilate, int32_t channels) {
  Window window;
  const int32_t height = b.integer(1, 9);
  const int32_t width = b.chance(0.3) ? 1 : b.integer(1, 9);
  const int32_t batches = b.chance(0.2) ? 2 : 1;
  graph::Options& o = window.options;
  o.padding = b.one_of({Padding::kSame, Padding::kValid});
  o.stride_height = b.integer(1, 3);
  o.stride_width = b.integer(1, 3);
  o.dilation_height = dilate && b.chance(0.3) ? b.integer(1, 3) : 1;
  o.dilation_width = dilate && b.chance(0.3) ? b.integer(1, 3) : 1;
  const auto filter = [&](int32_t input, int32_t dilation) {
    // With VALID padding at least one window must fit.
    const int32_t largest = o.padding == Padding::kSame ? 9 : (input - 1) / dilation + 1;
    return b.chance(0.3) ? 1 : b.integer(1, std::min(largest, 9));
  };
  window.filter_height = filter(height, o.dilation_height);
  window.filter_width = filter(width, o.dilation_width);
  window.input = b.input(b.activation({batches, height, width, channels}));
  window.output = {
      batches,
      window_output(o.padding, height, window.filter_height, o.stride_height, o.dilation_height),
      window_output(o.padding, width, window.filter_width, o.stride_width, o.dilation_width)};
  return window;
}

double deviation_of_product(Builder& b, int32_t input, int32_t weights, double terms) {
  return b.quantization(input).scale[0] * b.spread() * b.quantization(weights).scale[0] * 74.0 *
         std::sqrt(terms);
}

// `groups` other than 1 of an ordinary convolution only.
int32_t convolution(Builder& b, bool depthwise, int32_t groups = 1) {
  const int32_t group_inputs = b.integer(1, depthwise ? 40 : 20);
  const int32_t channels = groups * group_inputs;
  Window window = random_window(b, true, channels);
  const int32_t multiplier = depthwise && b.chance(0.3) ? b.integer(2, 3) : 1;
  const int32_t outputs = depthwise ? channels * multiplier : groups * b.integer(1, 20);
  window.options.depth_multiplier = multiplier;
  window.options.activation = any_activation(b);
  const Dimensions shape =
      depthwise ? Dimensions{1, window.filter_height, window.filter_width, outputs}
                : Dimensions{outputs, window.filter_height, window.filter_width, group_inputs};
  const int32_t filter = b.weights(shape, b.chance(0.8) ? (depthwise ? 3 : 0) : -1);
  const double terms = window.filter_height * window.filter_width * (depthwise ? 1 : group_inputs);
  Dimensions output_shape = window.output;
  output_shape.push_back(outputs);
  const int32_t output = b.activation(
      output_shape, b.output_scale(deviation_of_product(b, window.input, filter, terms)),
      b.zero_point());
  Dimensions inputs = {window.input, filter};
  if (b.chance(0.9)) inputs.push_back(b.bias(outputs, window.input, filter));
  b.add(depthwise ? OperatorCode::kDepthwiseConv2D : OperatorCode::kConv2D, inputs, {output}, 3)
      .options = window.options;
  return output;
}

int32_t fully_connected(Builder& b) {
  const int32_t depth = b.integer(1, 80);
  const int32_t outputs = b.integer(1, 20);
  const int32_t batches = b.integer(1, 3);
  const int32_t input = b.input(b.activation({batches, depth}));
  const int32_t weights = b.weights({outputs, depth}, b.chance(0.3) ? 0 : -1);
  const int32_t output =
      b.activation({batches, outputs},
                   b.output_scale(deviation_of_product(b, input, weights, depth)), b.zero_point());
  Dimensions inputs = {input, weights, -1};
  if (b.chance(0.9)) inputs[2] = b.bias(outputs, input, weights);
  b.add(OperatorCode::kFullyConnected, inputs, {output}, 4).options.activation = any_activation(b);
  return output;
}

int32_t elementwise(Builder& b, OperatorCode code) {
  const int32_t rank = b.integer(1, 4);
  Dimensions first;
  Dimensions second;
  Dimensions result;
  const double broadcast = b.chance(0.5) ? 0.3 : 0;
  for (int32_t i = 0; i < rank; ++i) {
    const int32_t extent = b.integer(1, 6);
    first.push_back(b.chance(broadcast) ? 1 : extent);
    second.push_back(b.chance(broadcast) ? 1 : extent);
    result.push_back(std::max(first.back(), second.back()));
  }
  const int32_t a = b.input(b.activation(first));
  const float other_scale = b.quantization(a).scale[0] * b.log_uniform(0.05, 20);
  const int32_t c = b.input(b.activation(second, other_scale, b.zero_point()));
  const double sa = b.quantization(a).scale[0] * b.spread();
  const double sc = b.quantization(c).scale[0] * b.spread();
  double deviation = std::hypot(sa, sc);
  if (code == OperatorCode::kMul) deviation = sa * sc;
  if (code == OperatorCode::kSquaredDifference) deviation *= deviation;
  const int32_t output = b.activation(result, b.output_scale(deviation), b.zero_point());
  Operator& added = b.add(code, {a, c}, {output}, 2);
  if (code != OperatorCode::kSquaredDifference) added.options.activation = any_activation(b);
  return output;
}

int32_t mean(Builder& b) {
  const int32_t rank = b.integer(1, 4);
  Dimensions shape;
  for (int32_t i = 0; i < rank; ++i) shape.push_back(b.integer(1, 9));
  const bool keep = b.chance(0.5);
  Dimensions axes;
  Dimensions result;
  for (int32_t i = 0; i < rank; ++i) {
    const bool reduced = b.chance(0.5) || (i == rank - 1 && axes.empty());
    if (reduced) axes.push_back(b.chance(0.3) ? i - rank : i);
    if (!reduced || keep) result.push_back(reduced ? 1 : shape[static_cast<size_t>(i)]);
  }
  if (result.empty()) return -1;  // a scalar: draw again
  const int32_t input = b.input(b.activation(shape));
  const float scale = b.quantization(input).scale[0];
  const int32_t output =
      b.activation(result, b.output_scale(scale * 0.8 * b.spread()), b.zero_point());
  b.add(OperatorCode::kMean, {input, b.integers(axes)}, {output}, 2).options.keep_dimensions = keep;
  return output;
}

// One input, one output of the same shape.
int32_t unary(Builder& b, OperatorCode code, float output_scale, int64_t output_zero_point) {
  const Dimensions shape = {b.integer(1, 3), b.integer(1, 40)};
  const int32_t input = b.input(b.activation(shape));
  const int32_t output = b.activation(shape, output_scale, output_zero_point);
  b.add(code, {input}, {output}, 2);
  return output;
}

int32_t rsqrt(Builder& b) {
  const Dimensions shape = {b.integer(1, 3), b.integer(1, 40)};
  // The lowest zero point: no stored value is negative.
  const int32_t input = b.input(b.activation(shape, b.log_uniform(1e-4, 1), -128));
  const double typical = 1 / std::sqrt(b.quantization(input).scale[0] * 40.0);
  const int32_t output = b.activation(shape, b.output_scale(typical * 20), b.zero_point());
  b.add(OperatorCode::kRsqrt, {input}, {output}, 2);
  return output;
}

int32_t relu(Builder& b, bool six) {
  const Dimensions shape = {b.integer(1, 3), b.integer(1, 40)};
  const int32_t input = b.input(b.activation(shape));
  const float scale = b.quantization(input).scale[0];
  const int32_t output = six ? b.like(input, shape)
                             : b.activation(shape, scale * b.log_uniform(0.2, 5), b.zero_point());
  b.add(six ? OperatorCode::kRelu6 : OperatorCode::kRelu, {input}, {output}, 2);
  return output;
}

int32_t pool(Builder& b, OperatorCode code) {
  const int32_t channels = b.integer(1, 20);
  Window window = random_window(b, false, channels);
  window.options.filter_height = window.filter_height;
  window.options.filter_width = window.filter_width;
  window.options.activation = any_activation(b);
  Dimensions shape = window.output;
  shape.push_back(channels);
  const int32_t output = b.like(window.input, shape);
  b.add(code, {window.input}, {output}, 2).options = window.options;
  return output;
}

int32_t quantize(Builder& b) {
  const Dimensions shape = {b.integer(1, 3), b.integer(1, 40)};
  if (b.chance(0.5)) {
    const int32_t input = b.input(b.activation(shape, 0, 0, TensorType::kFloat32));
    const int32_t output = b.activation(shape, b.log_uniform(1e-3, 0.1), b.zero_point());
    b.add(OperatorCode::kQuantize, {input}, {output});
    return output;
  }
  const int32_t input = b.input(b.activation(shape));
  float scale = b.quantization(input).scale[0];
  if (b.is_wide() && b.chance(0.5)) {  // from int16 to int8
    b.type = TensorType::kInt8;
    scale *= 256;
  } else if (!b.is_wide() && b.chance(0.2)) {  // and back
    b.type = TensorType::kInt16;
    scale /= 256;
  }
  const int32_t output = b.activation(shape, scale * b.log_uniform(0.05, 20), b.zero_point());
  b.add(OperatorCode::kQuantize, {input}, {output}, 2);
  return output;
}

int32_t dequantize(Builder& b) {
  const Dimensions shape = {b.integer(1, 3), b.integer(1, 40)};
  const int32_t input = b.input(b.activation(shape));
  const int32_t output = b.activation(shape, 0, 0, TensorType::kFloat32);
  b.add(OperatorCode::kDequantize, {input}, {output}, 2);
  return output;
}

// A convolution whose result is added to its input, as in every TENet block.
int32_t residual(Builder& b) {
  const int32_t channels = b.integer(1, 30);
  const Dimensions shape = {1, b.integer(1, 12), 1, channels};
  const int32_t input = b.input(b.activation(shape));
  const int32_t filter = b.weights({channels, 1, 1, channels}, 0);
  const float scale = b.output_scale(deviation_of_product(b, input, filter, channels));
  const int32_t middle = b.activation(shape, scale, b.zero_point());
  const int32_t sum =
      b.activation(shape, std::max(scale, b.quantization(input).scale[0]) * b.log_uniform(0.5, 4),
                   b.zero_point());
  b.add(OperatorCode::kConv2D, {input, filter, b.bias(channels, input, filter)}, {middle}, 3);
  b.add(OperatorCode::kAdd, {middle, input}, {sum}, 2).options.activation = any_activation(b);
  return sum;
}

using Kind = std::function<int32_t(Builder&)>;

// Of the output where the operator fixes it.
int32_t squash(Builder& b, OperatorCode code) {
  if (b.is_wide()) {
    // Some with a power of two as scale, which is a case of its own.
    const int32_t output = unary(b, code, 1.0F / 32768, 0);
    if (b.chance(0.5)) {
      b.quantization(b.graph.inputs[0]).scale[0] = std::ldexp(1.0F, -b.integer(9, 16));
    }
    return output;
  }
  return code == OperatorCode::kTanh ? unary(b, code, 1.0F / 128, 0)
                                     : unary(b, code, 1.0F / 256, -128);
}

using Kinds = std::vector<std::pair<std::string, Kind>>;

const Kinds& int8_kinds() {
  static const Kinds kKinds = {
      {"conv_2d", [](Builder& b) { return convolution(b, false); }},
      {"conv_2d_groups", [](Builder& b) { return convolution(b, false, b.integer(2, 5)); }},
      {"depthwise_conv_2d", [](Builder& b) { return convolution(b, true); }},
      {"fully_connected", fully_connected},
      {"lstm", lstm},
      {"add", [](Builder& b) { return elementwise(b, OperatorCode::kAdd); }},
      {"sub", [](Builder& b) { return elementwise(b, OperatorCode::kSub); }},
      {"mul", [](Builder& b) { return elementwise(b, OperatorCode::kMul); }},
      {"squared_difference",
       [](Builder& b) { return elementwise(b, OperatorCode::kSquaredDifference); }},
      {"mean", mean},
      {"rsqrt", rsqrt},
      {"l2_normalization",
       [](Builder& b) { return unary(b, OperatorCode::kL2Normalization, 1.0F / 128, 0); }},
      {"softmax", [](Builder& b) { return squash(b, OperatorCode::kSoftmax); }},
      {"logistic", [](Builder& b) { return squash(b, OperatorCode::kLogistic); }},
      {"tanh", [](Builder& b) { return squash(b, OperatorCode::kTanh); }},
      {"relu", [](Builder& b) { return relu(b, false); }},
      {"relu6", [](Builder& b) { return relu(b, true); }},
      {"average_pool_2d", [](Builder& b) { return pool(b, OperatorCode::kAveragePool2D); }},
      {"max_pool_2d", [](Builder& b) { return pool(b, OperatorCode::kMaxPool2D); }},
      {"quantize", quantize},
      {"dequantize", dequantize},
      {"transpose", transpose},
      {"strided_slice", strided_slice},
      {"pad", pad},
      {"concatenation", concatenation},
      {"split", split},
      {"reshape", [](Builder& b) { return reshape(b, OperatorCode::kReshape); }},
      {"squeeze", [](Builder& b) { return reshape(b, OperatorCode::kSqueeze); }},
      {"expand_dims", [](Builder& b) { return reshape(b, OperatorCode::kExpandDims); }},
      {"residual", residual},
      {"layer_norm_lstm", layer_norm_lstm},
      {"extended_lstm", extended_lstm},
      {"last_bits", last_bits},
  };
  return kKinds;
}

// Every kind, and those that exist with int16 activations, too.
const Kinds& kinds() {
  static const Kinds kAll = [] {
    Kinds all = int8_kinds();
    for (const auto& [name, build] : int8_kinds()) {
      constexpr const char* kOnlyInt8[] = {"rsqrt", "l2_normalization", "layer_norm_lstm",
                                           "extended_lstm", "last_bits"};
      if (std::find(std::begin(kOnlyInt8), std::end(kOnlyInt8), name) != std::end(kOnlyInt8)) {
        continue;
      }
      all.emplace_back(name + "_int16", [build = build](Builder& b) {
        b.type = TensorType::kInt16;
        return build(b);
      });
    }
    for (const char* name : {"conv_2d", "fully_connected"}) {
      const auto build = std::find_if(all.begin(), all.end(), [&](const auto& kind) {
                           return kind.first == name;
                         })->second;
      all.emplace_back(std::string(name) + "_int16_int32_bias", [build](Builder& b) {
        b.type = TensorType::kInt16;
        b.narrow_bias = true;
        return build(b);
      });
    }
    return all;
  }();
  return kAll;
}

}  // namespace

const std::vector<std::string>& model_kinds() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const auto& [name, build] : kinds()) names.push_back(name);
    return names;
  }();
  return kNames;
}

bool compared_together(const std::string& kind) {
  return kind != "layer_norm_lstm" && kind != "extended_lstm" && kind != "last_bits";
}

graph::Graph random_model(const std::string& kind, Random& random) {
  const auto found = std::find_if(kinds().begin(), kinds().end(),
                                  [&](const auto& entry) { return entry.first == kind; });
  while (true) {
    Builder builder(random);
    const int32_t output = found->second(builder);
    if (output < 0) continue;
    if (builder.graph.outputs.empty()) builder.graph.outputs = {output};
    return std::move(builder.graph);
  }
}

Bytes random_inputs(const graph::Graph& model, Random& random) {
  Bytes bytes;
  for (const int32_t index : model.inputs) {
    const Tensor& tensor = model.tensors[static_cast<size_t>(index)];
    const double style = random.uniform();
    for (int64_t i = 0; i < tensor.elements(); ++i) {
      if (tensor.type == TensorType::kFloat32) {
        const auto value = static_cast<float>(random.normal() * (style < 0.2 ? 1000 : 3));
        uint8_t raw[4];
        std::memcpy(raw, &value, 4);
        bytes.insert(bytes.end(), raw, raw + 4);
      } else {
        const bool wide = tensor.type == TensorType::kInt16;
        const bool low = random.below(2) == 0;
        if (wide) {
          bytes.push_back(style < 0.2 ? (low ? 0x00 : 0xFF)
                                      : static_cast<uint8_t>(random.below(256)));
        }
        bytes.push_back(style < 0.2 ? (low ? 0x80 : 0x7F)
                                    : static_cast<uint8_t>(random.below(256)));
      }
    }
  }
  return bytes;
}

}  // namespace stapes::conformance
