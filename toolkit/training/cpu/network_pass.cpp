#include "toolkit/training/cpu/network_pass.h"

#include <algorithm>
#include <optional>

#include "toolkit/training/cpu/plan.h"
#include "toolkit/training/cpu/step.h"
#include "toolkit/training/rounding_noise.h"

namespace stapes::training::cpu {

class NetworkPass::Implementation {
 public:
  Implementation(const network::Network& network, const ParameterLayout& layout, int logits_node,
                 const Kernels& kernels)
      : kernels_(kernels), plan_(make_plan(network, layout, logits_node)) {}

  void forward(std::span<const float> weights, std::span<const float> features, size_t count,
               const Shard* shard, std::span<float> gradient, std::span<float> logits) {
    noise_keys_ = shard == nullptr ? std::vector<uint32_t>() : training::noise_keys(*shard);
    pass_.emplace(Pass{kernels_, count, weights, gradient, shard, noise_keys_});
    std::fill(gradient.begin(), gradient.end(), 0.0F);
    Value& input = *plan_.input;
    pad_rows(features.data(), input.rows(count), input.channels, input.columns,
             input.data.with_size(input.size(count)));
    for (const auto& step : plan_.steps) step->forward(*pass_);
    const Value& output = *plan_.logits;
    unpad_rows(output.data.get(), count, output.channels, output.columns, logits.data());
  }

  void backward(std::span<const float> logits_gradient) {
    Value& output = *plan_.logits;
    bool fresh = false;
    pad_rows(logits_gradient.data(), pass_->count, output.channels, output.columns,
             gradients_.of(output, pass_->count, fresh));
    for (size_t i = plan_.steps.size(); i-- > 0;) {
      plan_.steps[i]->backward(*pass_, gradients_);
      gradients_.release(plan_.steps[i]->output);
    }
  }

 private:
  const Kernels& kernels_;
  Plan plan_;
  GradientBuffers gradients_;
  std::optional<Pass> pass_;
  std::vector<uint32_t> noise_keys_;
};

bool NetworkPass::supports(const network::Network& network, int logits_node) {
  return can_plan(network, logits_node);
}

NetworkPass::NetworkPass(const network::Network& network, const ParameterLayout& layout,
                         int logits_node, const Kernels& kernels)
    : implementation_(std::make_unique<Implementation>(network, layout, logits_node, kernels)) {}
NetworkPass::~NetworkPass() = default;

void NetworkPass::forward(std::span<const float> weights, std::span<const float> features,
                          size_t count, const Shard* shard, std::span<float> gradient,
                          std::span<float> logits) {
  implementation_->forward(weights, features, count, shard, gradient, logits);
}

void NetworkPass::backward(std::span<const float> logits_gradient) {
  implementation_->backward(logits_gradient);
}

}  // namespace stapes::training::cpu
