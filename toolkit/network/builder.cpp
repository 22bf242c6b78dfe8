#include "toolkit/network/builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "toolkit/base/error.h"

namespace stapes::network {
namespace {

// Output length of a window along one axis, as TensorFlow defines SAME and VALID.
int32_t windows(int32_t length, int32_t kernel, int32_t stride, Padding padding) {
  if (padding == Padding::kSame) return (length + stride - 1) / stride;
  return length < kernel ? 0 : (length - kernel) / stride + 1;
}

}  // namespace

SamePadding same_padding(int32_t input, int32_t kernel, int32_t stride) {
  const int32_t output = (input + stride - 1) / stride;
  const int32_t total = std::max((output - 1) * stride + kernel - input, 0);
  return {total / 2, total - total / 2};
}

std::string shape_text(const std::vector<int32_t>& shape) {
  std::string text;
  for (const int32_t dimension : shape)
    text += (text.empty() ? "" : "x") + std::to_string(dimension);
  return text;
}

Builder::Builder(std::vector<int32_t> input_shape) {
  Node input;
  input.name = "input";
  input.kind = NodeKind::kInput;
  input.output_shape = std::move(input_shape);
  for (const int32_t dimension : input.output_shape) {
    if (dimension < 1) fail("the input has the shape " + shape_text(input.output_shape));
  }
  network_.nodes.push_back(std::move(input));
}

void Builder::set_context(std::string layer, std::string where) {
  layer_ = std::move(layer);
  where_ = std::move(where);
}

void Builder::fail(const std::string& why, const std::string& remedy) const {
  throw Error("cannot build the layer \"" + layer_ + "\"", where_, why, remedy);
}

const std::vector<int32_t>& Builder::shape(int node) const {
  return network_.nodes[static_cast<size_t>(node)].output_shape;
}

Node Builder::start(NodeKind kind, const std::string& name, std::vector<int> inputs) const {
  for (const Node& other : network_.nodes) {
    if (other.name == name) fail("the name \"" + name + "\" is used twice", "give it another name");
  }
  Node node;
  node.name = name;
  node.kind = kind;
  node.output_shape = shape(inputs[0]);
  node.inputs = std::move(inputs);
  return node;
}

int Builder::finish(Node node) {
  network_.nodes.push_back(std::move(node));
  return last();
}

void Builder::require_rank(int input, size_t rank, const std::string& meaning) const {
  if (shape(input).size() == rank) return;
  fail("it needs an input " + meaning + " and gets " + shape_text(shape(input)),
       rank == 2
           ? "put a layer of type \"sequence\" before it"
           : "change the layers before it (\"reshape\", \"last_step\", \"global_average_pool\")");
}

void Builder::set_window(Node& node, const std::vector<int32_t>& input,
                         const Window& window) const {
  node.kernel_height = window.kernel_height;
  node.kernel_width = window.kernel_width;
  node.stride_height = window.stride_height;
  node.stride_width = window.stride_width;
  // A window of one frame sees no other in any case.
  node.causal = window.causal && window.kernel_height > 1;
  node.padding = window.causal ? Padding::kSame : window.padding;
  const int32_t height =
      windows(input[0], window.kernel_height, window.stride_height, node.padding);
  const int32_t width = windows(input[1], window.kernel_width, window.stride_width, node.padding);
  if (height < 1 || width < 1) {
    fail(fmt::format("a window of {}x{} does not fit into {}", window.kernel_height,
                     window.kernel_width, shape_text(input)),
         "make the kernel smaller or use padding = \"same\"");
  }
  node.output_shape = {height, width, input[2]};
}

int Builder::conv2d(int input, const std::string& name, int32_t channels, const Window& window,
                    bool bias) {
  require_rank(input, 3, "[height, width, channels]");
  Node node = start(NodeKind::kConv2D, name, {input});
  const std::vector<int32_t> in = shape(input);
  set_window(node, in, window);
  node.channels = channels;
  node.output_shape[2] = channels;
  node.bias = bias;
  node.parameters.push_back(
      {name + "/kernel", {channels, window.kernel_height, window.kernel_width, in[2]}});
  if (bias) node.parameters.push_back({name + "/bias", {channels}, true, Initializer::kZeros});
  return finish(std::move(node));
}

int Builder::depthwise_conv2d(int input, const std::string& name, const Window& window, bool bias) {
  require_rank(input, 3, "[height, width, channels]");
  Node node = start(NodeKind::kDepthwiseConv2D, name, {input});
  const std::vector<int32_t> in = shape(input);
  set_window(node, in, window);
  node.channels = in[2];
  node.bias = bias;
  node.parameters.push_back(
      {name + "/kernel", {1, window.kernel_height, window.kernel_width, in[2]}});
  if (bias) node.parameters.push_back({name + "/bias", {in[2]}, true, Initializer::kZeros});
  return finish(std::move(node));
}

int Builder::batch_norm(int input, const std::string& name, float momentum, float epsilon,
                        Initializer gamma) {
  Node node = start(NodeKind::kBatchNorm, name, {input});
  node.momentum = momentum;
  node.epsilon = epsilon;
  node.channels = node.output_shape.back();
  const std::vector<int64_t> size = {node.channels};
  node.parameters = {{name + "/gamma", size, true, gamma},
                     {name + "/beta", size, true, Initializer::kZeros},
                     {name + "/moving_mean", size, false, Initializer::kZeros},
                     {name + "/moving_variance", size, false, Initializer::kOnes}};
  return finish(std::move(node));
}

int Builder::layer_norm(int input, const std::string& name, float epsilon) {
  Node node = start(NodeKind::kLayerNorm, name, {input});
  node.epsilon = epsilon;
  node.channels = node.output_shape.back();
  const std::vector<int64_t> size = {node.channels};
  node.parameters = {{name + "/gamma", size, true, Initializer::kOnes},
                     {name + "/beta", size, true, Initializer::kZeros}};
  return finish(std::move(node));
}

int Builder::activation(int input, const std::string& name, NodeKind kind, float rounding_noise) {
  Node node = start(kind, name, {input});
  node.rounding_noise = rounding_noise;
  return finish(std::move(node));
}

int Builder::add(int left, int right, const std::string& name) {
  if (shape(left) != shape(right)) {
    fail("it adds " + shape_text(shape(left)) + " and " + shape_text(shape(right)),
         "give both branches the same shape");
  }
  return finish(start(NodeKind::kAdd, name, {left, right}));
}

int Builder::pool(int input, const std::string& name, NodeKind kind, const Window& window) {
  require_rank(input, 3, "[height, width, channels]");
  Node node = start(kind, name, {input});
  const std::vector<int32_t> in = shape(input);
  set_window(node, in, window);
  return finish(std::move(node));
}

int Builder::global_average_pool(int input, const std::string& name) {
  require_rank(input, 3, "[height, width, channels]");
  Node node = start(NodeKind::kGlobalAveragePool, name, {input});
  node.kernel_height = shape(input)[0];
  node.kernel_width = shape(input)[1];
  node.output_shape = {shape(input)[2]};
  return finish(std::move(node));
}

int Builder::reshape(int input, const std::string& name, std::vector<int32_t> shape) {
  int64_t elements = 1;
  for (const int32_t dimension : this->shape(input)) elements *= dimension;
  int64_t known = 1;
  int open = -1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == -1 && open < 0) {
      open = static_cast<int>(i);
    } else if (shape[i] < 1) {
      fail("the shape " + shape_text(shape) + " is not possible");
    } else {
      known *= shape[i];
    }
  }
  if (open >= 0 && elements % known == 0) {
    shape[static_cast<size_t>(open)] = static_cast<int32_t>(elements / known);
    known = elements;
  }
  if (shape.empty() || known != elements) {
    fail(shape_text(this->shape(input)) + " cannot become " + shape_text(shape));
  }
  Node node = start(NodeKind::kReshape, name, {input});
  node.output_shape = std::move(shape);
  return finish(std::move(node));
}

int Builder::lstm(int input, const std::string& name, int32_t units, float cell_clip,
                  bool gate_norm) {
  require_rank(input, 2, "[steps, values]");
  Node node = start(NodeKind::kLstm, name, {input});
  const int32_t values = shape(input)[1];
  node.channels = units;
  node.cell_clip = cell_clip;
  node.gate_norm = gate_norm;
  node.output_shape = {shape(input)[0], units};
  node.parameters = {
      {name + "/kernel", {4, units, values}},
      {name + "/recurrent_kernel", {4, units, units}, true, Initializer::kOrthogonal},
      {name + "/bias", {4, units}, true, Initializer::kForgetGateOnes}};
  if (gate_norm) {
    node.parameters.push_back({name + "/gamma", {4, units}, true, Initializer::kOnes});
  }
  return finish(std::move(node));
}

int Builder::last_step(int input, const std::string& name) {
  require_rank(input, 2, "[steps, values]");
  Node node = start(NodeKind::kLastStep, name, {input});
  node.output_shape = {shape(input)[1]};
  return finish(std::move(node));
}

int Builder::dense(int input, const std::string& name, int32_t units, bool bias) {
  require_rank(input, 1, "[values]");
  Node node = start(NodeKind::kDense, name, {input});
  node.channels = units;
  node.bias = bias;
  node.output_shape = {units};
  node.parameters.push_back({name + "/kernel", {units, shape(input)[0]}});
  if (bias) node.parameters.push_back({name + "/bias", {units}, true, Initializer::kZeros});
  return finish(std::move(node));
}

int Builder::noise(int input, const std::string& name, float width) {
  Node node = start(NodeKind::kNoise, name, {input});
  node.rounding_noise = width;
  return finish(std::move(node));
}

int Builder::dropout(int input, const std::string& name, float rate) {
  Node node = start(NodeKind::kDropout, name, {input});
  node.rate = rate;
  return finish(std::move(node));
}

int Builder::softmax(int input, const std::string& name) {
  require_rank(input, 1, "[values]");
  return finish(start(NodeKind::kSoftmax, name, {input}));
}

}  // namespace stapes::network
