#pragma once
#include <algorithm>
#include <cmath>
#include <cstring>
#include <initializer_list>
#include <string>
#include <vector>

#include "toolkit/base/philox.h"
#include "toolkit/graph/graph.h"

namespace stapes::conformance {

using graph::Graph;
using graph::Operator;
using graph::Tensor;
using Dimensions = std::vector<int32_t>;

// Draws and adds the parts of a model.
class Builder {
 public:
  explicit Builder(Random& random) : random_(random) {}

  Graph graph;
  // Of activations: int8, or int16, whose zero points are 0 and whose scales are smaller.
  TensorType type = TensorType::kInt8;
  bool narrow_bias = false;  // 32 bits where int16 activations usually have 64

  bool is_wide() const { return type == TensorType::kInt16; }
  // Standard deviation of stored activations that are spread evenly.
  double spread() const { return is_wide() ? 18918.0 : 74.0; }

  int32_t integer(int32_t low, int32_t high) {  // both included
    const int64_t count = int64_t{high} - low + 1;
    return static_cast<int32_t>(low +
                                static_cast<int64_t>(random_.below(static_cast<uint64_t>(count))));
  }
  bool chance(double probability) { return random_.uniform() < probability; }
  float log_uniform(double low, double high) {
    return static_cast<float>(std::exp(random_.uniform(std::log(low), std::log(high))));
  }
  float scale() {
    const float scale = chance(0.2) ? log_uniform(1e-5, 10) : log_uniform(1e-3, 0.1);
    return is_wide() ? scale / 256 : scale;
  }
  int64_t zero_point() {
    if (is_wide()) return 0;
    if (chance(0.5)) return std::vector<int64_t>{-128, 127, 0, -1}[random_.below(4)];
    return integer(-128, 127);
  }
  template <typename T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[random_.below(values.size())];
  }

  int32_t activation(const Dimensions& shape) { return activation(shape, scale(), zero_point()); }
  int32_t activation(const Dimensions& shape, float scale, int64_t zero_point) {
    return activation(shape, scale, zero_point, type);
  }
  int32_t activation(const Dimensions& shape, float scale, int64_t zero_point,
                     TensorType tensor_type) {
    Tensor tensor;
    tensor.name = "t" + std::to_string(graph.tensors.size());
    tensor.shape = shape;
    tensor.type = tensor_type;
    if (tensor_type != TensorType::kFloat32) tensor.quantization = {{scale}, {zero_point}, 0};
    return graph.add_tensor(std::move(tensor));
  }
  // The same numbers with another shape.
  int32_t like(int32_t tensor, const Dimensions& shape) {
    const graph::Quantization q = graph.tensors[static_cast<size_t>(tensor)].quantization;
    return activation(shape, q.scale[0], q.zero_point[0]);
  }
  int32_t input(int32_t tensor) {
    graph.inputs.push_back(tensor);
    return tensor;
  }

  // Symmetric int8 weights, with a scale per channel along `axis` unless it is -1.
  int32_t weights(const Dimensions& shape, int32_t axis) {
    Tensor tensor;
    tensor.name = "w" + std::to_string(graph.tensors.size());
    tensor.shape = shape;
    tensor.type = TensorType::kInt8;
    const int64_t elements = tensor.elements();
    const bool extreme = chance(0.2);
    for (int64_t i = 0; i < elements; ++i) {
      const int32_t value = extreme ? one_of({-127, 127, 127}) : integer(-127, 127);
      tensor.data.push_back(static_cast<uint8_t>(value));
    }
    const int32_t channels = axis < 0 ? 1 : shape[static_cast<size_t>(axis)];
    const float base = log_uniform(1e-4, 0.05);
    for (int32_t c = 0; c < channels; ++c) {
      tensor.quantization.scale.push_back(base * log_uniform(0.1, 2));
      tensor.quantization.zero_point.push_back(0);
    }
    tensor.quantization.quantized_dimension = axis < 0 ? 0 : axis;
    return graph.add_tensor(std::move(tensor));
  }
  // A bias in the scale of input times weights.
  int32_t bias(int32_t channels, int32_t input, int32_t weights) {
    Tensor tensor;
    tensor.name = "b" + std::to_string(graph.tensors.size());
    tensor.shape = {channels};
    const bool wide = is_wide() && !narrow_bias;
    tensor.type = wide ? TensorType::kInt64 : TensorType::kInt32;
    const float input_scale = quantization(input).scale[0];
    for (const float scale : quantization(weights).scale) {
      tensor.quantization.scale.push_back(input_scale * scale);
      tensor.quantization.zero_point.push_back(0);
    }
    const int32_t range = (chance(0.1) ? 1 << 24 : 4000) * (is_wide() ? 64 : 1);
    for (int32_t c = 0; c < channels; ++c) {
      const int32_t value = integer(-range, range);
      append(tensor.data, value);
      if (wide) append(tensor.data, value < 0 ? -1 : 0);  // the upper half
    }
    return graph.add_tensor(std::move(tensor));
  }
  int32_t integers(const Dimensions& values) { return integers(values, {int32_t(values.size())}); }
  int32_t integers(const Dimensions& values, const Dimensions& shape) {
    Tensor tensor;
    tensor.name = "i" + std::to_string(graph.tensors.size());
    tensor.shape = shape;
    tensor.type = TensorType::kInt32;
    for (const int32_t value : values) append(tensor.data, value);
    return graph.add_tensor(std::move(tensor));
  }

  graph::Quantization& quantization(int32_t tensor) {
    return graph.tensors[static_cast<size_t>(tensor)].quantization;
  }
  const Dimensions& shape(int32_t tensor) const {
    return graph.tensors[static_cast<size_t>(tensor)].shape;
  }

  // Scale of an output whose real values have about this standard deviation: mostly fitting,
  // sometimes saturating or nearly constant.
  float output_scale(double deviation) {
    const double fitting = deviation / (is_wide() ? 10000 : 40);
    const double factor = chance(0.3) ? log_uniform(0.01, 100) : log_uniform(0.5, 2);
    // Below 6 * 2^-31 TensorFlow Lite Micro refuses a RELU6.
    return static_cast<float>(std::max(fitting * factor, 1e-8));
  }

  Operator& add(OperatorCode code, const Dimensions& inputs, const Dimensions& outputs,
                int32_t version = 1) {
    Operator added;
    added.code = code;
    added.version = version;
    added.inputs = inputs;
    added.outputs = outputs;
    graph.operators.push_back(std::move(added));
    return graph.operators.back();
  }

 private:
  static void append(Bytes& data, int32_t value) {
    uint8_t bytes[4];
    std::memcpy(bytes, &value, 4);
    data.insert(data.end(), bytes, bytes + 4);
  }

  Random& random_;
};

}  // namespace stapes::conformance
