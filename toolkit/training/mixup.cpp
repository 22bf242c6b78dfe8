#include "toolkit/training/mixup.h"

#include "toolkit/base/philox.h"

namespace stapes::training {

MixedExamples mix(std::span<const float> features, std::span<const int32_t> labels,
                  std::span<const float> weights, std::span<const uint64_t> examples,
                  double probability, uint64_t seed, uint64_t epoch) {
  const size_t count = labels.size();
  const size_t values = count == 0 ? 0 : features.size() / count;
  MixedExamples mixed{{features.begin(), features.end()},
                      {labels.begin(), labels.end()},
                      std::vector<float>(count),
                      {weights.begin(), weights.end()}};
  for (size_t i = 0; i < count; ++i) {
    Random random(seed, Purpose::kMixup, epoch, examples[i]);
    if (random.uniform() >= probability) continue;
    const auto share = static_cast<float>(random.uniform(0.0, 0.5));
    const size_t other = random.below(count);
    for (size_t k = 0; k < values; ++k) {
      mixed.features[i * values + k] =
          (1.0F - share) * features[i * values + k] + share * features[other * values + k];
    }
    const float of_other = share * weights[other];
    mixed.weights[i] = (1.0F - share) * weights[i] + of_other;
    mixed.other_labels[i] = labels[other];
    mixed.other_shares[i] = mixed.weights[i] > 0 ? of_other / mixed.weights[i] : 0.0F;
  }
  return mixed;
}

}  // namespace stapes::training
