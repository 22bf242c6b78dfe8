#include "toolkit/quantization/constants.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace stapes::quantization {
namespace {

template <typename T>
Bytes to_bytes(const std::vector<T>& values) {
  Bytes bytes(values.size() * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// Calls visit(channel, index) for every element.
template <typename Visit>
void for_each_channel(const graph::Tensor& tensor, int32_t dimension, size_t count, Visit visit) {
  if (dimension == kPerTensor) {
    for (size_t i = 0; i < count; ++i) visit(size_t{0}, i);
    return;
  }
  size_t inner = 1;
  for (size_t d = static_cast<size_t>(dimension) + 1; d < tensor.shape.size(); ++d) {
    inner *= static_cast<size_t>(tensor.shape[d]);
  }
  const auto channels = static_cast<size_t>(tensor.shape[static_cast<size_t>(dimension)]);
  for (size_t i = 0; i < count; ++i) visit((i / inner) % channels, i);
}

std::vector<float> weight_scales(const graph::Tensor& tensor, int32_t dimension,
                                 const std::vector<float>& weights, const std::vector<float>& bias,
                                 float input_scale) {
  const size_t channels = dimension == kPerTensor
                              ? 1
                              : static_cast<size_t>(tensor.shape[static_cast<size_t>(dimension)]);
  std::vector<float> magnitude(channels, 0.0F);
  for_each_channel(tensor, dimension, weights.size(), [&](size_t channel, size_t i) {
    magnitude[channel] = std::max(magnitude[channel], std::abs(weights[i]));
  });
  const float largest = *std::max_element(magnitude.begin(), magnitude.end());
  std::vector<float> scales(channels);
  for (size_t c = 0; c < channels; ++c) {
    scales[c] = symmetric_scale(magnitude[c]);
    // A channel without weights computes its bias; any scale serves that its neighbours have.
    if (magnitude[c] == 0.0F) scales[c] = largest > 0.0F ? symmetric_scale(largest) : 1.0F;
  }
  for (size_t i = 0; i < bias.size(); ++i) {
    float& scale = scales[channels == 1 ? 0 : i];
    scale = std::max(scale, std::ldexp(std::abs(bias[i]) / input_scale, -30));
  }
  return scales;
}

}  // namespace

std::vector<float> float_values(const graph::Tensor& tensor) {
  std::vector<float> values(tensor.data.size() / sizeof(float));
  if (!values.empty()) {
    std::memcpy(values.data(), tensor.data.data(), values.size() * sizeof(float));
  }
  return values;
}

graph::Tensor float_constant(std::string name, std::vector<int32_t> shape,
                             const std::vector<float>& values) {
  graph::Tensor tensor;
  tensor.name = std::move(name);
  tensor.shape = std::move(shape);
  tensor.data = to_bytes(values);
  return tensor;
}

graph::Tensor int32_constant(std::string name, const std::vector<int32_t>& values) {
  graph::Tensor tensor;
  tensor.name = std::move(name);
  tensor.shape = {static_cast<int32_t>(values.size())};
  tensor.type = TensorType::kInt32;
  tensor.data = to_bytes(values);
  return tensor;
}

graph::Tensor quantize_weights(const graph::Tensor& weights, int32_t dimension,
                               const graph::Tensor* bias, float input_scale) {
  const std::vector<float> values = float_values(weights);
  const std::vector<float> scales =
      weight_scales(weights, dimension, values,
                    bias == nullptr ? std::vector<float>{} : float_values(*bias), input_scale);
  std::vector<int8_t> stored(values.size());
  for_each_channel(weights, dimension, values.size(), [&](size_t channel, size_t i) {
    // Narrow range: -128 never occurs.
    stored[i] = std::max<int8_t>(-127, quantize_to_int8(values[i], {scales[channel], 0}));
  });
  graph::Tensor result = weights;
  result.type = TensorType::kInt8;
  result.data = to_bytes(stored);
  result.quantization.scale = scales;
  result.quantization.zero_point.assign(scales.size(), 0);
  result.quantization.quantized_dimension = std::max<int32_t>(0, dimension);
  return result;
}

graph::Tensor quantize_bias(const graph::Tensor& bias, const graph::Quantization& weights,
                            float input_scale) {
  const std::vector<float> values = float_values(bias);
  graph::Tensor result = bias;
  result.type = TensorType::kInt32;
  result.quantization.scale.clear();
  for (const float weight_scale : weights.scale) {
    result.quantization.scale.push_back(bias_scale(input_scale, weight_scale));
  }
  result.quantization.zero_point.assign(weights.scale.size(), 0);
  result.quantization.quantized_dimension = 0;
  std::vector<int32_t> stored(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const float scale = result.quantization.scale[weights.per_channel() ? i : 0];
    stored[i] = quantize_to_int32(static_cast<double>(values[i]), static_cast<double>(scale));
  }
  result.data = to_bytes(stored);
  return result;
}

graph::Tensor quantize_coefficients(const graph::Tensor& coefficients) {
  const std::vector<float> values = float_values(coefficients);
  float magnitude = 0.0F;
  for (const float value : values) magnitude = std::max(magnitude, std::abs(value));
  const float scale = magnitude > 0.0F ? magnitude / 32767 : 1.0F;
  std::vector<int16_t> stored(values.size());
  std::transform(values.begin(), values.end(), stored.begin(), [&](float value) {
    return static_cast<int16_t>(std::clamp(std::round(value / scale), -32767.0F, 32767.0F));
  });
  graph::Tensor result = coefficients;
  result.type = TensorType::kInt16;
  result.data = to_bytes(stored);
  result.quantization = {{scale}, {0}, 0};
  return result;
}

graph::Tensor quantize_operand(const graph::Tensor& constant, Affine affine) {
  const std::vector<float> values = float_values(constant);
  std::vector<int8_t> stored(values.size());
  std::transform(values.begin(), values.end(), stored.begin(),
                 [&](float value) { return quantize_to_int8(value, affine); });
  graph::Tensor result = constant;
  result.type = TensorType::kInt8;
  result.data = to_bytes(stored);
  result.quantization = {{affine.scale}, {affine.zero_point}, 0};
  return result;
}

}  // namespace stapes::quantization
