#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stapes::training {

// Some examples of which each may have another one of them mixed in.
struct MixedExamples {
  std::vector<float> features;        // [count, values]
  std::vector<int32_t> other_labels;  // [count]; the example's own where nothing is mixed in
  std::vector<float> other_shares;    // [count], of the example's loss
  std::vector<float> weights;         // [count]
};

// Mixup (Zhang et al., arXiv 1710.09412). With probability `probability` an example becomes
// (1 - share) times itself plus share times another one, share uniform in [0, 1/2), so that its own
// label stays the larger one; weights and losses mix likewise. What is drawn is named by seed,
// epoch and `examples`, the indices in the source; which other example it is depends on all of
// `examples`. Sizes: labels, weights and examples [count], features [count, values].
MixedExamples mix(std::span<const float> features, std::span<const int32_t> labels,
                  std::span<const float> weights, std::span<const uint64_t> examples,
                  double probability, uint64_t seed, uint64_t epoch);

}  // namespace stapes::training
