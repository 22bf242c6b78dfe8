#include "toolkit/training/moving_averages.h"

#include <algorithm>

namespace stapes::training {
namespace {

// Early on averages follow faster, or they would long remember where they started.
double limited(double decay, int64_t step) {
  const auto made = static_cast<double>(step);
  return std::min(decay, (1 + made) / (10 + made));
}

}  // namespace

MovingAverages::MovingAverages(const network::Network& network, const ParameterLayout& layout) {
  for (const network::Node& node : network.nodes) {
    for (const network::Parameter& parameter : node.parameters) {
      if (parameter.trainable) continue;
      const auto& entry = layout.entries()[layout.index_of(parameter.name)];
      ranges_.push_back({entry.offset, entry.size, node.momentum});
    }
  }
}

void MovingAverages::update(std::span<float> weights, std::span<const float> sum,
                            int64_t step) const {
  for (const Range& range : ranges_) {
    const auto momentum = static_cast<float>(limited(range.momentum, step));
    float* moving = weights.data() + range.offset;
    const float* batch = sum.data() + range.offset;
    for (size_t i = 0; i < range.size; ++i) {
      moving[i] = momentum * moving[i] + (1.0F - momentum) * batch[i];
    }
  }
}

void follow(std::span<float> average, std::span<const float> weights, double decay, int64_t step) {
  const auto kept = static_cast<float>(limited(decay, step));
  for (size_t i = 0; i < average.size(); ++i) {
    average[i] = kept * average[i] + (1.0F - kept) * weights[i];
  }
}

}  // namespace stapes::training
