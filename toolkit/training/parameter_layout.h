#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "toolkit/network/network.h"

namespace stapes::training {

// All parameters of a network as one array of floats, in the order of Network::parameters() and in
// .tflite layout: what optimizers, checkpoints and the exchange between processes work on.
class ParameterLayout {
 public:
  struct Entry {
    std::string name;
    std::vector<int64_t> shape;
    size_t offset = 0;
    size_t size = 0;
    bool trainable = true;  // false: a moving mean or variance of a batch norm
    bool decays = false;    // weight decay applies: kernels, not biases, gammas and betas
  };

  explicit ParameterLayout(const network::Network& network);

  size_t size() const { return size_; }
  const std::vector<Entry>& entries() const { return entries_; }
  size_t index_of(const std::string& name) const;  // REQUIRES: the network has it

  // Throws Error when a parameter is missing or has another shape.
  std::vector<float> flatten(const network::Weights& weights) const;
  network::Weights unflatten(std::span<const float> values) const;

 private:
  std::vector<Entry> entries_;
  size_t size_ = 0;
};

}  // namespace stapes::training
