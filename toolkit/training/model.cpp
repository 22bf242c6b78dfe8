#include "toolkit/training/model.h"

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <string>

#include "toolkit/base/error.h"
#include "toolkit/training/forward.h"
#include "toolkit/training/single_thread.h"

namespace stapes::training {
namespace {

struct Loss {
  at::Tensor value;
  at::Tensor correct;

  ShardSums sums() const { return {value.item<double>(), correct.item<int64_t>()}; }
};

Loss loss_of(const at::Tensor& logits, const Shard& shard) {
  const auto count = static_cast<int64_t>(shard.labels.size());
  const at::Device device = logits.device();
  const at::Tensor labels =
      at::from_blob(const_cast<int32_t*>(shard.labels.data()), {count}, at::kInt)
          .to(device, at::kLong);
  const at::Tensor example_weights =
      at::from_blob(const_cast<float*>(shard.weights.data()), {count}, at::kFloat).to(device);
  at::Tensor losses =
      at::cross_entropy_loss(logits, labels, {}, at::Reduction::None, -100, shard.label_smoothing);
  if (!shard.other_labels.empty()) {
    const at::Tensor others =
        at::from_blob(const_cast<int32_t*>(shard.other_labels.data()), {count}, at::kInt)
            .to(device, at::kLong);
    const at::Tensor shares =
        at::from_blob(const_cast<float*>(shard.other_shares.data()), {count}, at::kFloat)
            .to(device);
    losses = at::lerp(losses,
                      at::cross_entropy_loss(logits, others, {}, at::Reduction::None, -100,
                                             shard.label_smoothing),
                      shares);
  }
  if (!shard.targets.empty()) {
    const double t = shard.temperature;
    const at::Tensor targets =
        at::from_blob(const_cast<float*>(shard.targets.data()), logits.sizes(), at::kFloat)
            .to(device);
    const at::Tensor soft = -(targets * at::log_softmax(logits / t, 1)).sum(1) * (t * t);
    losses = losses * (1.0 - shard.target_weight) + soft * shard.target_weight;
  }
  return {(losses * example_weights).sum() / static_cast<double>(shard.batch_size),
          logits.argmax(1).eq(labels).sum()};
}

// Torch differentiates the loss, the pass everything before it.
ShardSums gradient_by_own_kernels(cpu::NetworkPass& pass, std::span<const float> weights,
                                  const Shard& shard, size_t classes, std::span<float> gradient) {
  const size_t count = shard.labels.size();
  at::Tensor logits = at::empty({static_cast<int64_t>(count), static_cast<int64_t>(classes)});
  pass.forward(weights, shard.features, count, &shard, gradient,
               {logits.data_ptr<float>(), count * classes});
  logits.requires_grad_();
  const Loss loss = loss_of(logits, shard);
  const at::Tensor logits_gradient =
      torch::autograd::grad({loss.value}, {logits}).at(0).contiguous();
  pass.backward({logits_gradient.data_ptr<float>(), count * classes});
  return loss.sums();
}

ShardSums gradient_by_torch(const Model::Implementation& model, std::span<const float> weights,
                            const Shard& shard, std::span<float> gradient) {
  const auto count = static_cast<int64_t>(shard.labels.size());
  Forward forward(model, weights, &shard);
  const at::Tensor logits = forward.run(shard.features, shard.labels.size());
  const Loss loss = loss_of(logits, shard);

  std::vector<at::Tensor> inputs;
  std::vector<size_t> entries;
  for (size_t i = 0; i < forward.leaves.size(); ++i) {
    if (!forward.leaves[i].requires_grad()) continue;
    inputs.push_back(forward.leaves[i]);
    entries.push_back(i);
  }
  const std::vector<at::Tensor> gradients =
      torch::autograd::grad({loss.value}, inputs, {}, {}, false, /*allow_unused=*/true);

  const c10::NoGradGuard no_gradient;
  std::fill(gradient.begin(), gradient.end(), 0.0F);
  const auto place = [&](size_t i, const at::Tensor& value) {
    const ParameterLayout::Entry& entry = model.layout.entries()[i];
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
  return loss.sums();
}

// Torch's errors are pages of its own calls; what a person can use is their first line.
template <typename Work>
auto with_errors_in_a_line(const at::Device& device, Work&& work) {
  try {
    return work();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    throw Error("cannot train", "--device " + device.str(),
                "torch says: " + text.substr(0, text.find('\n')),
                device.is_cpu()
                    ? "report this with the specification"
                    : "free the device's memory, lower training.batch_size, or use --device cpu");
  }
}

}  // namespace

Model::Model(network::Network network, const std::string& device, bool own_kernels)
    : implementation_(std::make_unique<Implementation>(std::move(network), device, own_kernels)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;

const ParameterLayout& Model::layout() const { return implementation_->layout; }
size_t Model::classes() const { return implementation_->classes; }

ShardSums Model::gradient(std::span<const float> weights, const Shard& shard,
                          std::span<float> gradient) const {
  compute_on_this_thread_alone();
  if (std::unique_ptr<cpu::NetworkPass> pass = implementation_->take_pass()) {
    const ShardSums sums = gradient_by_own_kernels(*pass, weights, shard, classes(), gradient);
    implementation_->give_back(std::move(pass));
    return sums;
  }
  return with_errors_in_a_line(implementation_->device, [&] {
    return gradient_by_torch(*implementation_, weights, shard, gradient);
  });
}

void Model::logits(std::span<const float> weights, std::span<const float> features, size_t count,
                   std::span<float> logits) const {
  compute_on_this_thread_alone();
  if (std::unique_ptr<cpu::NetworkPass> pass = implementation_->take_pass()) {
    pass->forward(weights, features, count, nullptr, {}, logits);
    implementation_->give_back(std::move(pass));
    return;
  }
  with_errors_in_a_line(implementation_->device, [&] {
    const c10::NoGradGuard no_gradient;
    Forward forward(*implementation_, weights, nullptr);
    const at::Tensor result = forward.run(features, count).to(at::kCPU).contiguous();
    std::copy_n(result.data_ptr<float>(), logits.size(), logits.begin());
  });
}

}  // namespace stapes::training
