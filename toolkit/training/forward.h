#pragma once
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "toolkit/network/network.h"
#include "toolkit/training/cpu/network_pass.h"
#include "toolkit/training/model.h"

namespace stapes::training {

// What does not change from one pass through the network to the next.
struct Model::Implementation {
  // Throws Error when this libtorch cannot use the device.
  Implementation(network::Network given, const std::string& device_name, bool own_kernels);
  ~Implementation();

  // A pass without torch for the calling thread alone; null where this network or device has none.
  std::unique_ptr<cpu::NetworkPass> take_pass() const;
  void give_back(std::unique_ptr<cpu::NetworkPass> pass) const;

  network::Network network;
  ParameterLayout layout;
  at::Device device;
  std::vector<std::vector<size_t>> parameter_indices;  // by node, of layout entries
  int logits_node = 0;
  size_t classes = 0;

 private:
  bool own_kernels_ = false;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<cpu::NetworkPass>> passes_;  // those that nobody uses
};

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
  at::Tensor batch_norm(size_t index, const at::Tensor& input);
  at::Tensor with_rounding_noise(size_t index, const at::Tensor& input) const;
  at::Tensor dropout(size_t index, const at::Tensor& input) const;

  const Model::Implementation& model_;
  const Shard* shard_;  // null: inference
  std::vector<at::Tensor> values_;
};

}  // namespace stapes::training
