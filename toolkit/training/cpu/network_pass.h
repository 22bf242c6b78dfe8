#pragma once
#include <memory>
#include <span>

#include "toolkit/network/network.h"
#include "toolkit/training/cpu/kernels.h"
#include "toolkit/training/model.h"
#include "toolkit/training/parameter_layout.h"

namespace stapes::training::cpu {

// A network's forward and backward on one thread of a processor, without libtorch: for networks
// whose convolutions run along time. Convolution, batch norm, shortcut and ReLU are computed
// together, block by block, and a pass allocates nothing, because on such small networks torch's
// time goes into memory traffic and into starting operators.
//
// Not thread-safe: a thread has its own.
class NetworkPass {
 public:
  // Whether all nodes up to `logits_node` are of a kind that this class knows.
  static bool supports(const network::Network& network, int logits_node);

  // REQUIRES: supports(network, logits_node). The network and the layout must outlive the object.
  NetworkPass(const network::Network& network, const ParameterLayout& layout, int logits_node,
              const Kernels& kernels = best_kernels());
  ~NetworkPass();

  // Inference if `shard` is null. In training, `gradient` (see Model::gradient) is set to zeros but
  // for the batch norms' statistics. `logits`: [count, classes]
  void forward(std::span<const float> weights, std::span<const float> features, size_t count,
               const Shard* shard, std::span<float> gradient, std::span<float> logits);

  // REQUIRES: forward() in training, and its arguments as they were. Writes the parameters'
  // gradients into its `gradient`.
  void backward(std::span<const float> logits_gradient);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace stapes::training::cpu
