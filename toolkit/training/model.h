#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "toolkit/network/network.h"
#include "toolkit/training/parameter_layout.h"

namespace stapes::training {

// Some examples of a batch, computed together on one thread.
//
//   loss = sum over examples of weight * cross_entropy(logits, label) / batch_size
//
// so that the losses and gradients of a batch's shards add up to the batch's.
struct Shard {
  std::span<const float> features;     // [count, frames, channels]
  std::span<const int32_t> labels;     // [count]
  std::span<const float> weights;      // [count], class weights
  std::span<const uint64_t> examples;  // [count], what dropout is keyed by, with seed and epoch
  size_t batch_size = 0;               // of the whole batch
  float label_smoothing = 0;
  uint64_t seed = 0;
  uint64_t epoch = 0;
  // Mixup: every example has a second label, whose share of the example's loss is given; empty:
  // none.
  std::span<const int32_t> other_labels = {};  // [count]
  std::span<const float> other_shares = {};    // [count]
  // Distillation: what teachers think, [count, classes]; empty: none. The loss is then
  //   (1 - w) cross_entropy(logits, label) + w T^2 cross_entropy(logits / T, targets)
  std::span<const float> targets = {};
  double target_weight = 0;  // w
  double temperature = 1;    // T
};

struct ShardSums {
  double loss = 0;
  int64_t correct = 0;
};

// The network's forward and backward pass, and nothing else: by our own kernels (cpu/) where they
// know all of its nodes, otherwise, and on other devices, by torch. The weights belong to the
// caller, as one array in ParameterLayout's order. All functions are thread-safe and compute on the
// calling thread alone, so the same input gives the same bits on any number of threads.
class Model {
 public:
  // `device` is "cpu" or "cuda". Throws Error when this libtorch cannot use it.
  // `own_kernels` false: torch in any case.
  Model(network::Network network, const std::string& device, bool own_kernels = true);
  ~Model();
  Model(Model&&) noexcept;

  const ParameterLayout& layout() const;
  size_t classes() const;

  // Forward in training mode, and backward. `gradient` (layout().size() values) gets the gradient
  // of the loss and, in the places of a batch norm's moving mean and variance, the shard's own mean
  // and variance times count / batch_size. Batch norms normalize with the shard's statistics. The
  // variance that is handed out is the unbiased one, as in Keras' fused batch norm.
  ShardSums gradient(std::span<const float> weights, const Shard& shard,
                     std::span<float> gradient) const;

  // Forward in inference mode: logits [count, classes] of features [count, frames, channels].
  void logits(std::span<const float> weights, std::span<const float> features, size_t count,
              std::span<float> logits) const;

  struct Implementation;

 private:
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace stapes::training
