#include "toolkit/training/forward.h"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <utility>

#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"
#include "toolkit/training/rounding_noise.h"
#include "toolkit/training/torch_operators.h"

namespace stapes::training {
namespace {

using network::Node;
using network::NodeKind;

constexpr size_t kNone = std::numeric_limits<size_t>::max();

}  // namespace

Model::Implementation::Implementation(network::Network given, const std::string& device_name,
                                      bool own_kernels)
    : network(std::move(given)), layout(network), device(at::kCPU) {
  if (device_name == "cuda") {
    if (!at::globalContext().hasCUDA()) {
      throw Error("cannot train", "--device cuda", "this libtorch sees no CUDA device",
                  "build with a CUDA libtorch (CMAKE_PREFIX_PATH), check the driver, or use "
                  "--device cpu");
    }
    device = at::Device(at::kCUDA, 0);
    // Without a workspace of its own for each stream cuBLAS may round differently from run to run,
    // and torch refuses matrix products when it is asked for the same bits.
    ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
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
  classes = static_cast<size_t>(network.nodes[static_cast<size_t>(logits_node)].output_shape.at(0));
  own_kernels_ = own_kernels && device.is_cpu() && cpu::NetworkPass::supports(network, logits_node);
}

Model::Implementation::~Implementation() = default;

std::unique_ptr<cpu::NetworkPass> Model::Implementation::take_pass() const {
  if (!own_kernels_) return nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (!passes_.empty()) {
      std::unique_ptr<cpu::NetworkPass> pass = std::move(passes_.back());
      passes_.pop_back();
      return pass;
    }
  }
  return std::make_unique<cpu::NetworkPass>(network, layout, logits_node);
}

void Model::Implementation::give_back(std::unique_ptr<cpu::NetworkPass> pass) const {
  const std::lock_guard lock(mutex_);
  passes_.push_back(std::move(pass));
}

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
      return convolution(node, input, parameter(index, "kernel"), parameter(index, "bias"));
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
    case NodeKind::kReluN1To1: {
      const network::Bounds bounds = network::bounds_of(node.kind);
      return at::clamp(with_rounding_noise(index, input), bounds.lowest, bounds.highest);
    }
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
      return lstm(node, input, parameter(index, "kernel"), parameter(index, "recurrent_kernel"),
                  parameter(index, "bias"), parameter(index, "gamma"));
    case NodeKind::kLastStep:
      return input.select(2, input.size(2) - 1);
    case NodeKind::kDense:
      return channels_first(
          at::linear(channels_last(input), parameter(index, "kernel"), parameter(index, "bias")));
    case NodeKind::kNoise:
      return with_rounding_noise(index, input);
    case NodeKind::kDropout:
      return dropout(index, input);
    case NodeKind::kSoftmax:
      return channels_first(at::softmax(channels_last(input), -1));
    case NodeKind::kInput:
      break;
  }
  throw Error("cannot train", node.name, "training does not know this kind of node");
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
  const c10::NoGradGuard no_gradient;
  statistics.push_back({entry(index, "moving_mean"), entry(index, "moving_variance"), mean,
                        (inverse_deviation.pow(-2) - node.epsilon).clamp_min(0) * unbiased});
  return output;
}

at::Tensor Forward::with_rounding_noise(size_t index, const at::Tensor& input) const {
  const Node& node = model_.network.nodes[index];
  if (shard_ == nullptr || node.rounding_noise <= 0) return input;
  const at::Tensor x = channels_last(input);
  const std::vector<uint32_t> keys = noise_keys(*shard_);
  const auto channels = static_cast<size_t>(x.size(-1));
  const size_t rows = static_cast<size_t>(x.numel()) / keys.size() / channels;
  at::Tensor noise = at::empty(x.sizes(), at::kFloat);
  float* out = noise.data_ptr<float>();
  for (const uint32_t example_key : keys) {
    const uint32_t key = noise_key(example_key, index);
    for (size_t row = 0; row < rows; ++row) {
      for (size_t c = 0; c < channels; ++c) {
        *out++ = node.rounding_noise * unit_noise(key, row * cpu::padded(channels) + c);
      }
    }
  }
  return channels_first(x + noise.to(model_.device));
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

}  // namespace stapes::training
