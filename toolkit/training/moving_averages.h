#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "toolkit/network/network.h"
#include "toolkit/training/parameter_layout.h"

namespace stapes::training {

// The batch norms' moving means and variances, which are kept among the weights.
class MovingAverages {
 public:
  MovingAverages(const network::Network& network, const ParameterLayout& layout);

  // `sum` holds, in the averages' places, the mean and variance of the whole batch; `step` is how
  // many steps were made before.
  void update(std::span<float> weights, std::span<const float> sum, int64_t step) const;

 private:
  struct Range {  // of one moving mean or variance in the flat weights
    size_t offset = 0;
    size_t size = 0;
    float momentum = 0;
  };
  std::vector<Range> ranges_;
};

// average = decay * average + (1 - decay) * weights, after `step` steps.
void follow(std::span<float> average, std::span<const float> weights, double decay, int64_t step);

}  // namespace stapes::training
