#include "toolkit/training/model.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"

namespace stapes::training {
namespace {

using network::Node;
using network::NodeKind;

// Shards run beside each other, each on one thread; threads inside an operator would only fight
// for the same cores, and would make sums depend on their number.
void compute_on_this_thread_alone() {
  thread_local const bool done = [] {
    at::set_num_threads(1);
    return true;
  }();
  static const bool blas_done = [] {
    using SetThreads = void (*)(int);
    if (void* symbol = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) {
      reinterpret_cast<SetThreads>(symbol)(1);
    }
    return true;
  }();
  (void)done;
  (void)blas_done;
}

// TensorFlow's SAME: as many outputs as ceil(input / stride), the odd row of padding at the end.
struct Padding1D {
  int64_t before = 0;
  int64_t after = 0;
};

Padding1D same_padding(int64_t input, int64_t kernel, int64_t stride) {
  const int64_t output = (input + stride - 1) / stride;
  const int64_t total = std::max<int64_t>((output - 1) * stride + kernel - input, 0);
  return {total / 2, total - total / 2};
}

// torch wants [n, c, h, w]; with the memory of [n, h, w, c] that is its channels-last format.
at::Tensor channels_first(const at::Tensor& x) {
  return x.dim() == 4 ? x.permute({0, 3, 1, 2}) : x.dim() == 3 ? x.transpose(1, 2) : x;
}

at::Tensor channels_last(const at::Tensor& x) {
  return x.dim() == 4 ? x.permute({0, 2, 3, 1}) : x.dim() == 3 ? x.transpose(1, 2) : x;
}

}  // namespace

struct Model::Implementation {
  Implementation(network::Network given, const std::string& device_name)
      : network(std::move(given)), layout(network), device(at::kCPU) {
    if (device_name == "cuda") {
      if (!at::globalContext().hasCUDA()) {
        throw Error("cannot train", "--device cuda", "this libtorch sees no CUDA device",
                    "build with a CUDA libtorch (CMAKE_PREFIX_PATH), check the driver, or use "
                    "--device cpu");
      }
      device = at::Device(at::kCUDA, 0);
      at::globalContext().setDeterministicCuDNN(true);
      at::globalContext().setDeterministicAlgorithms(true, false);
    } else if (device_name != "cpu") {
      throw UsageError("--device is cpu or cuda, not \"" + device_name + "\"");
    }
    for (const Node& node : network.nodes) {
      std::vector<size_t> indices;
      for (const network::Parameter& parameter : node.parameters) {
        indices.push_back(layout.index_of(parameter.name));
      }
      parameter_indices.push_back(std::move(indices));
    }
    const Node& last = network.nodes.back();
    logits_node = static_cast<int>(network.nodes.size()) - 1;
    if (last.kind == NodeKind::kSoftmax) logits_node = last.inputs.at(0);
    classes =
        static_cast<size_t>(network.nodes[static_cast<size_t>(logits_node)].output_shape.at(0));
  }

  network::Network network;
  ParameterLayout layout;
  at::Device device;
  std::vector<std::vector<size_t>> parameter_indices;  // by node, of layout entries
  int logits_node = 0;
  size_t classes = 0;
};

namespace {

// One pass through the network.
class Forward {
 public:
  struct BatchStatistics {
    size_t mean_entry = 0;
    size_t variance_entry = 0;
    at::Tensor mean;
    at::Tensor variance;
  };

  Forward(const Model::Implementation& model, std::span<const float> weights, const Shard* shard);

  at::Tensor run(std::span<const float> features, size_t count);

  std::vector<at::Tensor> leaves;  // by layout entry
  std::vector<BatchStatistics> statistics;

 private:
  at::Tensor compute(size_t index);
  // The node's parameter whose name ends with `suffix`; undefined if it has none.
  at::Tensor parameter(size_t index, const char* suffix) const;
  size_t entry(size_t index, const char* suffix) const;
  at::Tensor convolution(size_t index, const at::Tensor& input) const;
  at::Tensor batch_norm(size_t index, const at::Tensor& input);
  at::Tensor pool(const Node& node, const at::Tensor& input) const;
  at::Tensor lstm(size_t index, const at::Tensor& input) const;
  at::Tensor dropout(size_t index, const at::Tensor& input) const;

  const Model::Implementation& model_;
  const Shard* shard_;  // null: inference
  std::vector<at::Tensor> values_;
};

constexpr size_t kNone = std::numeric_limits<size_t>::max();

Forward::Forward(const Model::Implementation& model, std::span<const float> weights,
                 const Shard* shard)
    : model_(model), shard_(shard) {
  for (const ParameterLayout::Entry& entry : model.layout.entries()) {
    // from_blob wants a pointer to non-const; nothing writes through it.
    auto* data = const_cast<float*>(weights.data() + entry.offset);
    at::Tensor leaf = at::from_blob(data, entry.shape, at::kFloat);
    if (!model.device.is_cpu()) leaf = leaf.to(model.device);
    if (shard != nullptr && entry.trainable) leaf.requires_grad_();
    leaves.push_back(std::move(leaf));
  }
}

at::Tensor Forward::run(std::span<const float> features, size_t count) {
  const std::vector<int32_t>& shape = model_.network.nodes.front().output_shape;
  std::vector<int64_t> sizes{static_cast<int64_t>(count)};
  sizes.insert(sizes.end(), shape.begin(), shape.end());
  at::Tensor input = at::from_blob(const_cast<float*>(features.data()), sizes, at::kFloat);
  if (!model_.device.is_cpu()) input = input.to(model_.device);
  values_.assign(model_.network.nodes.size(), {});
  values_[0] = channels_first(input);
  const auto last = static_cast<size_t>(model_.logits_node);
  for (size_t i = 1; i <= last; ++i) values_[i] = compute(i);
  return values_[last];
}

size_t Forward::entry(size_t index, const char* suffix) const {
  for (const size_t i : model_.parameter_indices[index]) {
    const std::string& name = model_.layout.entries()[i].name;
    if (name.ends_with(suffix) && name[name.size() - std::strlen(suffix) - 1] == '/') return i;
  }
  return kNone;
}

at::Tensor Forward::parameter(size_t index, const char* suffix) const {
  const size_t i = entry(index, suffix);
  return i == kNone ? at::Tensor() : leaves[i];
}

at::Tensor Forward::compute(size_t index) {
  const Node& node = model_.network.nodes[index];
  const at::Tensor& input = values_[static_cast<size_t>(node.inputs.at(0))];
  switch (node.kind) {
    case NodeKind::kConv2D:
    case NodeKind::kDepthwiseConv2D:
      return convolution(index, input);
    case NodeKind::kBatchNorm:
      return batch_norm(index, input);
    case NodeKind::kLayerNorm: {
      const at::Tensor x = channels_last(input);
      return channels_first(at::layer_norm(x, {x.size(-1)}, parameter(index, "gamma"),
                                           parameter(index, "beta"), node.epsilon, false));
    }
    case NodeKind::kRelu:
      return at::relu(input);
    case NodeKind::kRelu6:
      return at::clamp(input, 0, 6);
    case NodeKind::kAdd:
      return input + values_[static_cast<size_t>(node.inputs.at(1))];
    case NodeKind::kAveragePool2D:
    case NodeKind::kMaxPool2D:
      return pool(node, input);
    case NodeKind::kGlobalAveragePool:
      return input.mean({2, 3});
    case NodeKind::kReshape: {
      std::vector<int64_t> sizes{input.size(0)};
      sizes.insert(sizes.end(), node.output_shape.begin(), node.output_shape.end());
      return channels_first(channels_last(input).reshape(sizes));
    }
    case NodeKind::kLstm:
      return lstm(index, input);
    case NodeKind::kLastStep:
      return input.select(2, input.size(2) - 1);
    case NodeKind::kDense:
      return channels_first(
          at::linear(channels_last(input), parameter(index, "kernel"), parameter(index, "bias")));
    case NodeKind::kDropout:
      return dropout(index, input);
    case NodeKind::kSoftmax:
      return channels_first(at::softmax(channels_last(input), -1));
    case NodeKind::kInput:
      break;
  }
  throw Error("cannot train", node.name, "training does not know this kind of node");
}

at::Tensor Forward::convolution(size_t index, const at::Tensor& input) const {
  const Node& node = model_.network.nodes[index];
  const bool depthwise = node.kind == NodeKind::kDepthwiseConv2D;
  Padding1D rows;
  Padding1D columns;
  if (node.padding == Padding::kSame) {
    rows = same_padding(input.size(2), node.kernel_height, node.stride_height);
    columns = same_padding(input.size(3), node.kernel_width, node.stride_width);
  }
  at::Tensor x = input;
  if (rows.before != rows.after || columns.before != columns.after) {
    x = at::constant_pad_nd(x, {columns.before, columns.after, rows.before, rows.after}, 0);
    rows = columns = {};
  }
  const at::Tensor kernel =
      parameter(index, "kernel")
          .permute(depthwise ? at::IntArrayRef{3, 0, 1, 2} : at::IntArrayRef{0, 3, 1, 2});
  return at::conv2d(x, kernel, parameter(index, "bias"), {node.stride_height, node.stride_width},
                    {rows.before, columns.before}, 1, depthwise ? x.size(1) : 1);
}

at::Tensor Forward::batch_norm(size_t index, const at::Tensor& input) {
  const Node& node = model_.network.nodes[index];
  const at::Tensor gamma = parameter(index, "gamma");
  const at::Tensor beta = parameter(index, "beta");
  if (shard_ == nullptr) {
    return std::get<0>(at::native_batch_norm(input, gamma, beta, parameter(index, "moving_mean"),
                                             parameter(index, "moving_variance"), false, 0,
                                             node.epsilon));
  }
  auto [output, mean, inverse_deviation] =
      at::native_batch_norm(input, gamma, beta, {}, {}, true, 0, node.epsilon);
  const auto samples = static_cast<double>(input.numel()) / static_cast<double>(input.size(1));
  const double unbiased = samples > 1 ? samples / (samples - 1) : 1.0;
  const at::NoGradGuard no_gradient;
  statistics.push_back({entry(index, "moving_mean"), entry(index, "moving_variance"), mean,
                        (inverse_deviation.pow(-2) - node.epsilon).clamp_min(0) * unbiased});
  return output;
}

at::Tensor Forward::pool(const Node& node, const at::Tensor& input) const {
  const bool average = node.kind == NodeKind::kAveragePool2D;
  const std::vector<int64_t> kernel_sizes{node.kernel_height, node.kernel_width};
  const std::vector<int64_t> strides{node.stride_height, node.stride_width};
  Padding1D rows;
  Padding1D columns;
  if (node.padding == Padding::kSame) {
    rows = same_padding(input.size(2), node.kernel_height, node.stride_height);
    columns = same_padding(input.size(3), node.kernel_width, node.stride_width);
  }
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

// Gates in the order input, forget, cell, output; one bias; the cell clipped as in the .tflite
// operator, so that the model that is trained is the one that is exported.
at::Tensor Forward::lstm(size_t index, const at::Tensor& input) const {
  const Node& node = model_.network.nodes[index];
  const int64_t units = node.channels;
  const at::Tensor x = channels_last(input);  // [n, t, i]
  const at::Tensor kernel = parameter(index, "kernel").reshape({4 * units, x.size(2)});
  const at::Tensor recurrent = parameter(index, "recurrent_kernel").reshape({4 * units, units}).t();
  const at::Tensor bias = parameter(index, "bias").reshape({4 * units});
  const std::vector<at::Tensor> steps = at::linear(x, kernel, bias).unbind(1);
  std::vector<at::Tensor> hidden_states;
  at::Tensor hidden;
  at::Tensor cell;
  for (const at::Tensor& step : steps) {
    const at::Tensor gates = hidden.defined() ? at::addmm(step, hidden, recurrent) : step;
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

at::Tensor Forward::dropout(size_t index, const at::Tensor& input) const {
  const Node& node = model_.network.nodes[index];
  if (shard_ == nullptr || node.rate <= 0) return input;
  const at::Tensor x = channels_last(input);
  const size_t count = shard_->examples.size();
  const size_t each = static_cast<size_t>(x.numel()) / count;
  const float kept = 1.0F / (1.0F - node.rate);
  at::Tensor mask = at::empty(x.sizes(), at::kFloat);
  float* out = mask.data_ptr<float>();
  for (size_t n = 0; n < count; ++n) {
    // A stream for each example and node: independent of how examples are cut into shards.
    const uint64_t stream = shard_->examples[n] * model_.network.nodes.size() + index;
    Random random(shard_->seed, Purpose::kDropout, shard_->epoch, stream);
    for (size_t i = 0; i < each; ++i) *out++ = random.uniform() < node.rate ? 0.0F : kept;
  }
  return channels_first(x * mask.to(model_.device));
}

}  // namespace

Model::Model(network::Network network, const std::string& device)
    : implementation_(std::make_unique<Implementation>(std::move(network), device)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;

const ParameterLayout& Model::layout() const { return implementation_->layout; }
size_t Model::classes() const { return implementation_->classes; }

ShardSums Model::gradient(std::span<const float> weights, const Shard& shard,
                          std::span<float> gradient) const {
  compute_on_this_thread_alone();
  const auto count = static_cast<int64_t>(shard.labels.size());
  Forward forward(*implementation_, weights, &shard);
  const at::Tensor logits = forward.run(shard.features, shard.labels.size());

  const at::Device device = implementation_->device;
  const at::Tensor labels =
      at::from_blob(const_cast<int32_t*>(shard.labels.data()), {count}, at::kInt)
          .to(device, at::kLong);
  const at::Tensor example_weights =
      at::from_blob(const_cast<float*>(shard.weights.data()), {count}, at::kFloat).to(device);
  const at::Tensor losses =
      at::cross_entropy_loss(logits, labels, {}, at::Reduction::None, -100, shard.label_smoothing);
  const at::Tensor loss = (losses * example_weights).sum() / static_cast<double>(shard.batch_size);

  std::vector<at::Tensor> inputs;
  std::vector<size_t> entries;
  for (size_t i = 0; i < forward.leaves.size(); ++i) {
    if (!forward.leaves[i].requires_grad()) continue;
    inputs.push_back(forward.leaves[i]);
    entries.push_back(i);
  }
  const std::vector<at::Tensor> gradients =
      torch::autograd::grad({loss}, inputs, {}, c10::nullopt, false, /*allow_unused=*/true);

  const at::NoGradGuard no_gradient;
  std::fill(gradient.begin(), gradient.end(), 0.0F);
  const auto place = [&](size_t i, const at::Tensor& value) {
    const ParameterLayout::Entry& entry = layout().entries()[i];
    at::from_blob(gradient.data() + entry.offset, entry.shape, at::kFloat)
        .copy_(value.reshape(entry.shape));
  };
  for (size_t i = 0; i < entries.size(); ++i) {
    if (gradients[i].defined()) place(entries[i], gradients[i]);
  }
  const double share = static_cast<double>(count) / static_cast<double>(shard.batch_size);
  for (const Forward::BatchStatistics& statistics : forward.statistics) {
    place(statistics.mean_entry, statistics.mean * share);
    place(statistics.variance_entry, statistics.variance * share);
  }
  return {loss.item<double>(), logits.argmax(1).eq(labels).sum().item<int64_t>()};
}

void Model::logits(std::span<const float> weights, std::span<const float> features, size_t count,
                   std::span<float> logits) const {
  compute_on_this_thread_alone();
  const at::NoGradGuard no_gradient;
  Forward forward(*implementation_, weights, nullptr);
  const at::Tensor result = forward.run(features, count).to(at::kCPU).contiguous();
  std::copy_n(result.data_ptr<float>(), logits.size(), logits.begin());
}

}  // namespace stapes::training
