#include <cmath>
#include <numeric>
#include <utility>

#include "toolkit/base/error.h"
#include "toolkit/network/graph_builder.h"
#include "toolkit/network/network.h"

namespace stapes::network {
namespace {

using graph::Graph;
using graph::Options;

class Lowering {
 public:
  Lowering(const Network& network, const Weights& weights)
      : network_(network), weights_(weights), consumers_(network.nodes.size(), 0) {
    for (const Node& node : network.nodes) {
      for (const int input : node.inputs) ++consumers_[static_cast<size_t>(input)];
    }
  }

  Graph run() {
    tensors_.assign(network_.nodes.size(), -1);
    for (size_t i = 0; i < network_.nodes.size(); ++i) {
      if (tensors_[i] < 0) lower(i);
    }
    out_.graph.inputs = {tensors_.front()};
    out_.graph.outputs = {tensors_.back()};
    return std::move(out_.graph);
  }

 private:
  const std::vector<float>& weight(const Node& node, const std::string& part) const {
    const std::string name = node.name + "/" + part;
    const auto found = weights_.find(name);
    if (found == weights_.end()) {
      throw Error("cannot make the model", name, "there are no weights of this name",
                  "train the network of this specification again");
    }
    return found->second.values;
  }

  int32_t input(const Node& node, size_t which = 0) const {
    return tensors_[static_cast<size_t>(node.inputs[which])];
  }

  static std::vector<int32_t> batched(const Node& node) {
    std::vector<int32_t> shape = {1};
    shape.insert(shape.end(), node.output_shape.begin(), node.output_shape.end());
    return shape;
  }

  // The only consumer of node `index` if it is of this kind, else -1.
  int fused_successor(size_t index, NodeKind kind) const {
    if (consumers_[index] != 1) return -1;
    for (size_t next = index + 1; next < network_.nodes.size(); ++next) {
      const Node& node = network_.nodes[next];
      if (node.kind == kind && node.inputs.size() == 1 &&
          node.inputs[0] == static_cast<int>(index)) {
        return static_cast<int>(next);
      }
    }
    return -1;
  }

  // Takes an activation that follows node `last` into `options`; returns the last node of the
  // chain.
  size_t fuse_activation(size_t last, Options& options) const {
    static constexpr std::pair<NodeKind, Activation> kActivations[] = {
        {NodeKind::kRelu, Activation::kRelu},
        {NodeKind::kRelu6, Activation::kRelu6},
        {NodeKind::kReluN1To1, Activation::kReluN1To1}};
    for (const auto& [kind, activation] : kActivations) {
      if (const int next = fused_successor(last, kind); next >= 0) {
        options.activation = activation;
        return static_cast<size_t>(next);
      }
    }
    return last;
  }

  // Convolution or dense: weights with a following batch norm folded in, and a following ReLU.
  void lower_weighted(size_t index) {
    const Node& node = network_.nodes[index];
    std::vector<float> kernel = weight(node, "kernel");
    const auto channels = static_cast<size_t>(node.channels);
    std::vector<float> bias = node.bias ? weight(node, "bias") : std::vector<float>(channels, 0.0F);
    size_t last = index;
    if (const int norm = fused_successor(index, NodeKind::kBatchNorm); norm >= 0) {
      last = static_cast<size_t>(norm);
      fold(network_.nodes[last], node.kind == NodeKind::kDepthwiseConv2D, kernel, bias);
    }
    Options options;
    last = fuse_activation(last, options);
    options.padding = node.causal ? Padding::kValid : node.padding;
    options.stride_height = node.stride_height;
    options.stride_width = node.stride_width;

    const Parameter& layout = node.parameters.front();
    const std::vector<int32_t> kernel_shape(layout.shape.begin(), layout.shape.end());
    const int32_t kernel_tensor = out_.constant(layout.name, kernel_shape, kernel);
    const int32_t bias_tensor = out_.constant(node.name + "/bias", {node.channels}, bias);
    const OperatorCode code = node.kind == NodeKind::kConv2D ? OperatorCode::kConv2D
                              : node.kind == NodeKind::kDepthwiseConv2D
                                  ? OperatorCode::kDepthwiseConv2D
                                  : OperatorCode::kFullyConnected;
    finish(
        index, last,
        out_.apply(code, {node.causal ? pad_past(node) : input(node), kernel_tensor, bias_tensor},
                   network_.nodes[last].name, batched(node), options));
  }

  // What a causal window sees in front of the first frame, and at the sides what SAME would add.
  int32_t pad_past(const Node& node) {
    const std::vector<int32_t>& shape = out_.shape(input(node));
    const SamePadding sides = same_padding(shape[2], node.kernel_width, node.stride_width);
    return out_.pad(input(node), node.name + "/past",
                    {0, 0, node.kernel_height - 1, 0, sides.before, sides.after, 0, 0});
  }

  // y = gamma * (conv(x) + bias - mean) / sqrt(variance + epsilon) + beta as one convolution.
  void fold(const Node& norm, bool channel_is_last, std::vector<float>& kernel,
            std::vector<float>& bias) const {
    const auto [scale, offset] = affine(norm);
    const size_t channels = bias.size();
    const size_t per_channel = kernel.size() / channels;
    for (size_t i = 0; i < kernel.size(); ++i) {
      const size_t channel = channel_is_last ? i % channels : i / per_channel;
      kernel[i] = static_cast<float>(static_cast<double>(kernel[i]) * scale[channel]);
    }
    for (size_t c = 0; c < channels; ++c) {
      bias[c] = static_cast<float>(static_cast<double>(bias[c]) * scale[c] + offset[c]);
    }
  }

  std::pair<std::vector<double>, std::vector<double>> affine(const Node& norm) const {
    const std::vector<float>& gamma = weight(norm, "gamma");
    const std::vector<float>& beta = weight(norm, "beta");
    const std::vector<float>& mean = weight(norm, "moving_mean");
    const std::vector<float>& variance = weight(norm, "moving_variance");
    std::vector<double> scale(gamma.size());
    std::vector<double> offset(gamma.size());
    for (size_t c = 0; c < gamma.size(); ++c) {
      scale[c] = static_cast<double>(gamma[c]) /
                 std::sqrt(static_cast<double>(variance[c]) + static_cast<double>(norm.epsilon));
      offset[c] = static_cast<double>(beta[c]) - static_cast<double>(mean[c]) * scale[c];
    }
    return {scale, offset};
  }

  void lower_lone_batch_norm(size_t index) {
    const Node& node = network_.nodes[index];
    const auto [scale, offset] = affine(node);
    const int32_t factor = out_.constant(node.name + "/scale", {node.channels},
                                         std::vector<float>(scale.begin(), scale.end()));
    const int32_t summand = out_.constant(node.name + "/offset", {node.channels},
                                          std::vector<float>(offset.begin(), offset.end()));
    const int32_t product =
        out_.apply(OperatorCode::kMul, {input(node), factor}, node.name + "/scaled", batched(node));
    Options options;
    const size_t last = fuse_activation(index, options);
    finish(index, last,
           out_.apply(OperatorCode::kAdd, {product, summand}, network_.nodes[last].name,
                      batched(node), options));
  }

  void lower_lstm(size_t index) {
    static constexpr const char* kGates[] = {"input", "forget", "cell", "output"};
    const Node& node = network_.nodes[index];
    const int32_t units = node.channels;
    const int32_t values = out_.shape(input(node)).back();
    std::vector<int32_t> inputs(graph::lstm::kInputs, -1);
    inputs[graph::lstm::kInput] = input(node);
    const auto gate = [&](const std::string& part, size_t g, std::vector<int32_t> shape) {
      const size_t size =
          static_cast<size_t>(std::accumulate(shape.begin(), shape.end(), 1, std::multiplies<>()));
      const std::vector<float>& all = weight(node, part);
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(g * size);
      return out_.constant(node.name + "/" + kGates[g] + "_" + part, std::move(shape),
                           std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(size)));
    };
    for (size_t g = 0; g < 4; ++g) {
      inputs[graph::lstm::kInputWeights + g] = gate("kernel", g, {units, values});
      inputs[graph::lstm::kRecurrentWeights + g] = gate("recurrent_kernel", g, {units, units});
      inputs[graph::lstm::kBias + g] = gate("bias", g, {units});
      if (node.gate_norm) inputs[graph::lstm::kLayerNorm + g] = gate("gamma", g, {units});
    }
    inputs[graph::lstm::kHiddenState] = out_.variable(node.name + "/hidden_state", {1, units});
    inputs[graph::lstm::kCellState] = out_.variable(node.name + "/cell_state", {1, units});
    Options options;
    options.activation = Activation::kTanh;
    options.cell_clip = node.cell_clip;
    tensors_[index] = out_.apply(OperatorCode::kUnidirectionalSequenceLstm, std::move(inputs),
                                 node.name, batched(node), options);
  }

  void lower_pool(size_t index, OperatorCode code) {
    const Node& node = network_.nodes[index];
    Options options;
    options.padding = node.padding;
    options.stride_height = node.stride_height;
    options.stride_width = node.stride_width;
    options.filter_height = node.kernel_height;
    options.filter_width = node.kernel_width;
    tensors_[index] = out_.apply(code, {input(node)}, node.name, batched(node), options);
  }

  void lower_global_pool(size_t index) {
    const Node& node = network_.nodes[index];
    Options options;
    options.padding = Padding::kValid;
    options.filter_height = node.kernel_height;
    options.filter_width = node.kernel_width;
    const int32_t channels = node.output_shape[0];
    const int32_t pooled = out_.apply(OperatorCode::kAveragePool2D, {input(node)},
                                      node.name + "/pool", {1, 1, 1, channels}, options);
    tensors_[index] = out_.reshape(pooled, node.name, {1, channels});
  }

  void lower_add(size_t index) {
    const Node& node = network_.nodes[index];
    Options options;
    const size_t last = fuse_activation(index, options);
    finish(index, last,
           out_.apply(OperatorCode::kAdd, {input(node, 0), input(node, 1)},
                      network_.nodes[last].name, batched(node), options));
  }

  // Everything between a node and the last one fused into it has the same tensor.
  void finish(size_t index, size_t last, int32_t tensor) {
    for (size_t i = last;; i = static_cast<size_t>(network_.nodes[i].inputs[0])) {
      tensors_[i] = tensor;
      if (i == index) break;
    }
  }

  void lower(size_t index) {
    const Node& node = network_.nodes[index];
    switch (node.kind) {
      case NodeKind::kInput:
        tensors_[index] = out_.activation(node.name, batched(node));
        return;
      case NodeKind::kConv2D:
      case NodeKind::kDepthwiseConv2D:
      case NodeKind::kDense:
        return lower_weighted(index);
      case NodeKind::kBatchNorm:
        return lower_lone_batch_norm(index);
      case NodeKind::kLayerNorm:
        tensors_[index] = out_.layer_norm(input(node), node.name, weight(node, "gamma"),
                                          weight(node, "beta"), node.epsilon);
        return;
      case NodeKind::kRelu:
      case NodeKind::kRelu6:
        tensors_[index] =
            out_.apply(node.kind == NodeKind::kRelu ? OperatorCode::kRelu : OperatorCode::kRelu6,
                       {input(node)}, node.name, batched(node));
        return;
      case NodeKind::kReluN1To1:
        throw Error("cannot make the model", node.name,
                    "no operator before it can fuse its bounds");
      case NodeKind::kAdd:
        return lower_add(index);
      case NodeKind::kAveragePool2D:
        return lower_pool(index, OperatorCode::kAveragePool2D);
      case NodeKind::kMaxPool2D:
        return lower_pool(index, OperatorCode::kMaxPool2D);
      case NodeKind::kGlobalAveragePool:
        return lower_global_pool(index);
      case NodeKind::kReshape:
        tensors_[index] = out_.reshape(input(node), node.name, batched(node));
        return;
      case NodeKind::kLstm:
        return lower_lstm(index);
      case NodeKind::kLastStep:
        tensors_[index] = out_.last_step(input(node), node.name);
        return;
      case NodeKind::kDropout:
      case NodeKind::kNoise:
        tensors_[index] = input(node);
        return;
      case NodeKind::kSoftmax:
        tensors_[index] =
            out_.apply(OperatorCode::kSoftmax, {input(node)}, node.name, batched(node));
        return;
    }
  }

  const Network& network_;
  const Weights& weights_;
  std::vector<int> consumers_;
  std::vector<int32_t> tensors_;  // by node; -1: not lowered yet
  GraphBuilder out_;
};

}  // namespace

Graph lower(const Network& network, const Weights& weights) {
  return Lowering(network, weights).run();
}

}  // namespace stapes::network
