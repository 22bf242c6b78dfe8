#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/network/network.h"
#include "toolkit/specification/specification.h"
#include "toolkit/training/model.h"

namespace stapes::training {

// Networks that were trained before and tell a new one what they hear in each training example
// (distillation: Hinton et al., arXiv 1503.02531). Thread-safe, and always the same bits for the
// same examples.
class Teachers {
 public:
  // One teacher for each folder: the best weights of the training whose output it is. Throws Error
  // where there is no checkpoint, or one of another network.
  Teachers(const network::Network& network, const std::vector<Path>& folders, double temperature,
           const std::string& device);

  // The mean of their softmax outputs at the temperature, [count, classes], for features
  // [count, frames, channels].
  void probabilities(std::span<const float> features, size_t count, std::span<float> out) const;

 private:
  Model model_;
  float temperature_;
  std::vector<std::vector<float>> weights_;
};

// Those of [training.distillation]; nothing where it names none. Throws Error when they hear other
// features or know other classes than `specification`.
std::optional<Teachers> teachers_of(const Specification& specification, const std::string& device);

}  // namespace stapes::training
