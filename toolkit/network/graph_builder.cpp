#include "toolkit/network/graph_builder.h"

#include <cstring>
#include <utility>

namespace stapes::network {
namespace {

template <typename T>
Bytes bytes_of(const std::vector<T>& values) {
  Bytes bytes(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

}  // namespace

const GraphBuilder::Shape& GraphBuilder::shape(int32_t tensor) const {
  return graph.tensors[static_cast<size_t>(tensor)].shape;
}

int32_t GraphBuilder::activation(const std::string& name, Shape shape) {
  graph::Tensor tensor;
  tensor.name = name;
  tensor.shape = std::move(shape);
  return graph.add_tensor(std::move(tensor));
}

int32_t GraphBuilder::constant(const std::string& name, Shape shape,
                               const std::vector<float>& values) {
  graph::Tensor tensor;
  tensor.name = name;
  tensor.shape = std::move(shape);
  tensor.data = bytes_of(values);
  return graph.add_tensor(std::move(tensor));
}

int32_t GraphBuilder::constant(const std::string& name, const std::vector<int32_t>& values) {
  graph::Tensor tensor;
  tensor.name = name;
  tensor.type = TensorType::kInt32;
  tensor.shape = {static_cast<int32_t>(values.size())};
  tensor.data = bytes_of(values);
  return graph.add_tensor(std::move(tensor));
}

int32_t GraphBuilder::variable(const std::string& name, Shape shape) {
  const int32_t index = activation(name, std::move(shape));
  graph.tensors[static_cast<size_t>(index)].is_variable = true;
  return index;
}

int32_t GraphBuilder::apply(OperatorCode code, std::vector<int32_t> inputs, const std::string& name,
                            Shape shape, graph::Options options) {
  const int32_t output = activation(name, std::move(shape));
  graph::Operator op;
  op.code = code;
  op.inputs = std::move(inputs);
  op.outputs = {output};
  op.options = std::move(options);
  graph.operators.push_back(std::move(op));
  return output;
}

int32_t GraphBuilder::reshape(int32_t input, const std::string& name, Shape shape) {
  const int32_t target = constant(name + "/shape", shape);
  graph::Options options;
  options.new_shape = shape;
  return apply(OperatorCode::kReshape, {input, target}, name, std::move(shape), std::move(options));
}

int32_t GraphBuilder::pad(int32_t input, const std::string& name,
                          const std::vector<int32_t>& amounts) {
  const int32_t paddings = constant(name + "/paddings", amounts);
  Shape padded = shape(input);
  for (size_t axis = 0; axis < padded.size(); ++axis) {
    padded[axis] += amounts[2 * axis] + amounts[2 * axis + 1];
  }
  graph.tensors[static_cast<size_t>(paddings)].shape = {static_cast<int32_t>(padded.size()), 2};
  return apply(OperatorCode::kPad, {input, paddings}, name, std::move(padded));
}

int32_t GraphBuilder::layer_norm(int32_t input, const std::string& name,
                                 const std::vector<float>& gamma, const std::vector<float>& beta,
                                 float epsilon) {
  const Shape full = shape(input);
  const auto channels = full.back();
  Shape reduced = full;
  reduced.back() = 1;
  const int32_t axis = constant(name + "/axis", {static_cast<int32_t>(full.size()) - 1});
  graph::Options keep;
  keep.keep_dimensions = true;

  const int32_t mean = apply(OperatorCode::kMean, {input, axis}, name + "/mean", reduced, keep);
  const int32_t centred = apply(OperatorCode::kSub, {input, mean}, name + "/centred", full);
  const int32_t squared =
      apply(OperatorCode::kSquaredDifference, {input, mean}, name + "/squared", full);
  const int32_t variance =
      apply(OperatorCode::kMean, {squared, axis}, name + "/variance", reduced, keep);
  const int32_t small = constant(name + "/epsilon", Shape{1}, std::vector<float>{epsilon});
  const int32_t shifted =
      apply(OperatorCode::kAdd, {variance, small}, name + "/variance_epsilon", reduced);
  const int32_t inverse = apply(OperatorCode::kRsqrt, {shifted}, name + "/inverse", reduced);
  const int32_t normalized =
      apply(OperatorCode::kMul, {centred, inverse}, name + "/normalized", full);
  const int32_t scale = constant(name + "/gamma", {channels}, gamma);
  const int32_t scaled = apply(OperatorCode::kMul, {normalized, scale}, name + "/scaled", full);
  const int32_t offset = constant(name + "/beta", {channels}, beta);
  return apply(OperatorCode::kAdd, {scaled, offset}, name, full);
}

int32_t GraphBuilder::last_step(int32_t input, const std::string& name) {
  const int32_t values = shape(input).back();
  graph::Options options;
  options.begin_mask = 5;  // batch and values from their beginning …
  options.end_mask = 5;    // … to their end
  options.shrink_axis_mask = 2;
  const int32_t begin = constant(name + "/begin", {0, -1, 0});
  const int32_t end = constant(name + "/end", {0, 0, 0});
  const int32_t strides = constant(name + "/strides", {1, 1, 1});
  return apply(OperatorCode::kStridedSlice, {input, begin, end, strides}, name, {1, values},
               std::move(options));
}

}  // namespace stapes::network
