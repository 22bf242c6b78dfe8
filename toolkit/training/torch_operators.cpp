#include "toolkit/training/torch_operators.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace stapes::training {
namespace {

using network::Node;
using network::NodeKind;

using network::SamePadding;

SamePadding rows_around(const Node& node, const at::Tensor& input) {
  if (node.causal) return {node.kernel_height - 1, 0};
  if (node.padding != Padding::kSame) return {};
  return network::same_padding(static_cast<int32_t>(input.size(2)), node.kernel_height,
                               node.stride_height);
}

SamePadding columns_around(const Node& node, const at::Tensor& input) {
  if (node.padding != Padding::kSame) return {};
  return network::same_padding(static_cast<int32_t>(input.size(3)), node.kernel_width,
                               node.stride_width);
}

}  // namespace

at::Tensor channels_first(const at::Tensor& x) {
  return x.dim() == 4 ? x.permute({0, 3, 1, 2}) : x.dim() == 3 ? x.transpose(1, 2) : x;
}

at::Tensor channels_last(const at::Tensor& x) {
  return x.dim() == 4 ? x.permute({0, 2, 3, 1}) : x.dim() == 3 ? x.transpose(1, 2) : x;
}

at::Tensor convolution(const Node& node, const at::Tensor& input, const at::Tensor& kernel,
                       const at::Tensor& bias) {
  const bool depthwise = node.kind == NodeKind::kDepthwiseConv2D;
  SamePadding rows = rows_around(node, input);
  SamePadding columns = columns_around(node, input);
  at::Tensor x = input;
  if (rows.before != rows.after || columns.before != columns.after) {
    x = at::constant_pad_nd(x, {columns.before, columns.after, rows.before, rows.after}, 0);
    rows = columns = {};
  }
  const at::Tensor ordered =
      kernel.permute(depthwise ? at::IntArrayRef{3, 0, 1, 2} : at::IntArrayRef{0, 3, 1, 2});
  return at::conv2d(x, ordered, bias, {node.stride_height, node.stride_width},
                    {rows.before, columns.before}, 1, depthwise ? x.size(1) : 1);
}

at::Tensor pool(const Node& node, const at::Tensor& input) {
  const bool average = node.kind == NodeKind::kAveragePool2D;
  const std::vector<int64_t> kernel_sizes{node.kernel_height, node.kernel_width};
  const std::vector<int64_t> strides{node.stride_height, node.stride_width};
  const SamePadding rows = rows_around(node, input);
  const SamePadding columns = columns_around(node, input);
  const std::vector<int64_t> padding{columns.before, columns.after, rows.before, rows.after};
  const bool padded = rows.after + columns.after > 0;
  if (!average) {
    const double lowest = std::numeric_limits<float>::lowest();
    return at::max_pool2d(padded ? at::constant_pad_nd(input, padding, lowest) : input,
                          kernel_sizes, strides);
  }
  if (!padded) return at::avg_pool2d(input, kernel_sizes, strides);
  // The padding does not count: divide by how many real values a window covers.
  const at::Tensor ones = at::ones({1, 1, input.size(2), input.size(3)}, input.options());
  const at::Tensor covered =
      at::avg_pool2d(at::constant_pad_nd(ones, padding, 0), kernel_sizes, strides);
  return at::avg_pool2d(at::constant_pad_nd(input, padding, 0), kernel_sizes, strides) / covered;
}

at::Tensor lstm(const Node& node, const at::Tensor& input, const at::Tensor& kernel,
                const at::Tensor& recurrent_kernel, const at::Tensor& bias,
                const at::Tensor& gamma) {
  const int64_t units = node.channels;
  const at::Tensor x = channels_last(input);  // [n, t, i]
  const at::Tensor weights = kernel.reshape({4 * units, x.size(2)});
  const at::Tensor recurrent = recurrent_kernel.reshape({4 * units, units}).t();
  // Gates that are normalized get their bias afterwards.
  const bool normalized = gamma.defined();
  const at::Tensor biases = normalized ? at::Tensor() : bias.reshape({4 * units});
  const std::vector<at::Tensor> steps = at::linear(x, weights, biases).unbind(1);
  std::vector<at::Tensor> hidden_states;
  at::Tensor hidden;
  at::Tensor cell;
  for (const at::Tensor& step : steps) {
    at::Tensor gates = hidden.defined() ? at::addmm(step, hidden, recurrent) : step;
    if (normalized) {
      constexpr double kEpsilon = 1e-8;  // of the .tflite operator
      const at::Tensor by_gate = gates.reshape({-1, 4, units});
      gates = (at::layer_norm(by_gate, {units}, {}, {}, kEpsilon, false) * gamma + bias)
                  .reshape({-1, 4 * units});
    }
    const at::Tensor input_and_forget = at::sigmoid(gates.narrow(1, 0, 2 * units));
    const at::Tensor candidate = at::tanh(gates.narrow(1, 2 * units, units));
    const at::Tensor output = at::sigmoid(gates.narrow(1, 3 * units, units));
    const at::Tensor added = input_and_forget.narrow(1, 0, units) * candidate;
    cell =
        cell.defined() ? at::addcmul(added, input_and_forget.narrow(1, units, units), cell) : added;
    if (node.cell_clip > 0) cell = at::clamp(cell, -node.cell_clip, node.cell_clip);
    hidden = output * at::tanh(cell);
    hidden_states.push_back(hidden);
  }
  return channels_first(at::stack(hidden_states, 1));
}

}  // namespace stapes::training
