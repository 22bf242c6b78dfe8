#include "toolkit/finetuning/graph_operators.h"

#include <algorithm>
#include <cstring>

#include "toolkit/base/error.h"
#include "toolkit/network/network.h"
#include "toolkit/quantization/operator_rules.h"
#include "toolkit/training/torch_operators.h"

namespace stapes::finetuning {
namespace {

using network::Node;
using network::NodeKind;

[[noreturn]] void refuse(const graph::Graph& graph, size_t index, const char* why) {
  throw Error("cannot fine-tune", quantization::describe(graph, index), why,
              "quantize the model without fine-tuning");
}

std::vector<int64_t> int32_values(const graph::Tensor& tensor) {
  std::vector<int32_t> values(tensor.data.size() / sizeof(int32_t));
  if (!values.empty()) std::memcpy(values.data(), tensor.data.data(), tensor.data.size());
  return {values.begin(), values.end()};
}

const graph::Tensor& input_of(const graph::Graph& graph, const graph::Operator& op, size_t i) {
  return graph.tensors[static_cast<size_t>(op.inputs.at(i))];
}

Node window_of(const graph::Operator& op, NodeKind kind, int32_t height, int32_t width) {
  Node node;
  node.kind = kind;
  node.kernel_height = height;
  node.kernel_width = width;
  node.stride_height = op.options.stride_height;
  node.stride_width = op.options.stride_width;
  node.padding = op.options.padding;
  return node;
}

at::Tensor convolution(const graph::Graph& graph, size_t index,
                       std::span<const at::Tensor> inputs) {
  const graph::Operator& op = graph.operators[index];
  const bool depthwise = op.code == OperatorCode::kDepthwiseConv2D;
  if (op.options.dilation_height != 1 || op.options.dilation_width != 1 ||
      (depthwise && op.options.depth_multiplier != 1)) {
    refuse(graph, index, "it has a dilation or a depth multiplier");
  }
  const std::vector<int32_t>& kernel = input_of(graph, op, 1).shape;
  if (!depthwise && kernel.at(3) != input_of(graph, op, 0).shape.at(3)) {
    refuse(graph, index, "its channels are in groups");
  }
  const Node node = window_of(op, depthwise ? NodeKind::kDepthwiseConv2D : NodeKind::kConv2D,
                              kernel.at(1), kernel.at(2));
  return training::channels_last(
      training::convolution(node, training::channels_first(inputs[0]), inputs[1],
                            inputs.size() > 2 ? inputs[2] : at::Tensor()));
}

at::Tensor pool(const graph::Operator& op, const at::Tensor& x) {
  const NodeKind kind =
      op.code == OperatorCode::kAveragePool2D ? NodeKind::kAveragePool2D : NodeKind::kMaxPool2D;
  const Node node = window_of(op, kind, op.options.filter_height, op.options.filter_width);
  return training::channels_last(training::pool(node, training::channels_first(x)));
}

at::Tensor lstm(const graph::Graph& graph, size_t index, std::span<const at::Tensor> inputs) {
  const graph::Operator& op = graph.operators[index];
  if (op.options.time_major) refuse(graph, index, "time comes before the batch");
  Node node;
  node.kind = NodeKind::kLstm;
  node.channels = input_of(graph, op, graph::lstm::kRecurrentWeights).shape.at(0);
  node.cell_clip = op.options.cell_clip;
  const auto gates = [&](size_t first) {
    return at::stack({inputs[first], inputs[first + 1], inputs[first + 2], inputs[first + 3]});
  };
  const bool normalized =
      inputs.size() > graph::lstm::kLayerNorm && inputs[graph::lstm::kLayerNorm].defined();
  return training::channels_last(training::lstm(
      node, training::channels_first(inputs[graph::lstm::kInput]),
      gates(graph::lstm::kInputWeights), gates(graph::lstm::kRecurrentWeights),
      gates(graph::lstm::kBias), normalized ? gates(graph::lstm::kLayerNorm) : at::Tensor()));
}

at::Tensor strided_slice(const graph::Graph& graph, size_t index, const at::Tensor& input) {
  const graph::Operator& op = graph.operators[index];
  const std::vector<int64_t> begin = int32_values(input_of(graph, op, 1));
  const std::vector<int64_t> end = int32_values(input_of(graph, op, 2));
  const std::vector<int64_t> stride = int32_values(input_of(graph, op, 3));
  if (op.options.ellipsis_mask != 0 || op.options.new_axis_mask != 0) {
    refuse(graph, index, "it has an ellipsis or a new axis");
  }
  at::Tensor x = input;
  int64_t dimension = 0;
  for (size_t d = 0; d < begin.size(); ++d) {
    const auto has = [&](int32_t mask) { return ((mask >> d) & 1) != 0; };
    const bool everything =
        has(op.options.begin_mask) && has(op.options.end_mask) && stride[d] == 1;
    if (d == 0 && !everything && !(begin[0] == 0 && end[0] >= 1 && stride[0] == 1)) {
      refuse(graph, index, "it takes some of the inputs");
    }
    if (d > 0 && has(op.options.shrink_axis_mask)) {
      x = x.select(dimension, begin[d]);
      continue;
    }
    if (d > 0 && !everything) {
      if (stride[d] < 1) refuse(graph, index, "a stride is negative");
      const int64_t from = has(op.options.begin_mask) ? 0 : begin[d];
      const int64_t to = has(op.options.end_mask) ? x.size(dimension) : end[d];
      x = x.slice(dimension, from, to, stride[d]);
    }
    ++dimension;
  }
  return x;
}

at::Tensor reduce(const graph::Graph& graph, size_t index, const at::Tensor& x) {
  const graph::Operator& op = graph.operators[index];
  std::vector<int64_t> axes = int32_values(input_of(graph, op, 1));
  for (int64_t& axis : axes) {
    if (axis < 0) axis += x.dim();
    if (axis == 0) refuse(graph, index, "it reduces over the inputs");
  }
  return op.code == OperatorCode::kMean ? x.mean(axes, op.options.keep_dimensions)
                                        : x.sum(axes, op.options.keep_dimensions);
}

at::Tensor transpose(const graph::Graph& graph, size_t index, const at::Tensor& x) {
  const std::vector<int64_t> order = int32_values(input_of(graph, graph.operators[index], 1));
  if (order.front() != 0) refuse(graph, index, "it moves the inputs' dimension");
  return x.permute(order);
}

// The shape in the file, for `count` inputs.
at::Tensor reshape(const graph::Graph& graph, size_t index, const at::Tensor& x, int64_t count) {
  const std::vector<int32_t>& shape =
      graph.tensors[static_cast<size_t>(graph.operators[index].outputs[0])].shape;
  std::vector<int64_t> sizes(shape.begin(), shape.end());
  if (sizes.empty()) refuse(graph, index, "its result is a scalar");
  sizes[0] *= count;
  return x.reshape(sizes);
}

at::Tensor pad(const graph::Graph& graph, size_t index, const at::Tensor& x) {
  const std::vector<int64_t> paddings = int32_values(input_of(graph, graph.operators[index], 1));
  std::vector<int64_t> reversed;  // torch begins with the last dimension
  for (size_t d = paddings.size() / 2; d-- > 0;) {
    reversed.push_back(paddings[2 * d]);
    reversed.push_back(paddings[2 * d + 1]);
  }
  return at::constant_pad_nd(x, reversed, 0);
}

at::Tensor activated(const at::Tensor& x, Activation activation) {
  switch (activation) {
    case Activation::kRelu:
      return at::relu(x);
    case Activation::kRelu6:
      return at::clamp(x, 0, 6);
    case Activation::kReluN1To1:
      return at::clamp(x, -1, 1);
    default:
      return x;
  }
}

at::Tensor unactivated(const graph::Graph& graph, size_t index, std::span<const at::Tensor> inputs,
                       int64_t count) {
  const graph::Operator& op = graph.operators[index];
  switch (op.code) {
    case OperatorCode::kConv2D:
    case OperatorCode::kDepthwiseConv2D:
      return convolution(graph, index, inputs);
    case OperatorCode::kFullyConnected: {
      const int64_t values = inputs[1].size(1);
      return at::linear(inputs[0].reshape({-1, values}), inputs[1],
                        inputs.size() > 2 ? inputs[2] : at::Tensor());
    }
    case OperatorCode::kUnidirectionalSequenceLstm:
      return lstm(graph, index, inputs);
    case OperatorCode::kAdd:
      return inputs[0] + inputs[1];
    case OperatorCode::kSub:
      return inputs[0] - inputs[1];
    case OperatorCode::kMul:
      return inputs[0] * inputs[1];
    case OperatorCode::kSquaredDifference:
      return at::square(inputs[0] - inputs[1]);
    case OperatorCode::kMean:
    case OperatorCode::kSum:
      return reduce(graph, index, inputs[0]);
    case OperatorCode::kRsqrt:
      return at::rsqrt(inputs[0]);
    case OperatorCode::kL2Normalization: {
      const at::Tensor squares = at::square(inputs[0]).sum({-1}, true);
      return inputs[0] * at::rsqrt(at::clamp_min(squares, 1e-6));
    }
    case OperatorCode::kRelu:
      return at::relu(inputs[0]);
    case OperatorCode::kRelu6:
      return at::clamp(inputs[0], 0, 6);
    case OperatorCode::kLogistic:
      return at::sigmoid(inputs[0]);
    case OperatorCode::kTanh:
      return at::tanh(inputs[0]);
    case OperatorCode::kAveragePool2D:
    case OperatorCode::kMaxPool2D:
      return pool(op, inputs[0]);
    case OperatorCode::kReshape:
    case OperatorCode::kSqueeze:
    case OperatorCode::kExpandDims:
      return reshape(graph, index, inputs[0], count);
    case OperatorCode::kTranspose:
      return transpose(graph, index, inputs[0]);
    case OperatorCode::kStridedSlice:
      return strided_slice(graph, index, inputs[0]);
    case OperatorCode::kPad:
      return pad(graph, index, inputs[0]);
    case OperatorCode::kConcatenation: {
      if (op.options.axis == 0) refuse(graph, index, "it joins the inputs");
      return at::cat(std::vector<at::Tensor>(inputs.begin(), inputs.end()), op.options.axis);
    }
    default:
      refuse(graph, index, "fine-tuning does not know this operator");
  }
}

}  // namespace

at::Tensor apply_operator(const graph::Graph& graph, size_t index,
                          std::span<const at::Tensor> inputs, int64_t count) {
  const graph::Operator& op = graph.operators[index];
  const at::Tensor result = unactivated(graph, index, inputs, count);
  // An LSTM's activation is that of its cell gate.
  return op.code == OperatorCode::kUnidirectionalSequenceLstm
             ? result
             : activated(result, op.options.activation);
}

}  // namespace stapes::finetuning
