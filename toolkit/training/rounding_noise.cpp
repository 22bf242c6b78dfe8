#include "toolkit/training/rounding_noise.h"

#include "toolkit/base/philox.h"

namespace stapes::training {

std::vector<uint32_t> noise_keys(const Shard& shard) {
  std::vector<uint32_t> keys;
  for (const uint64_t example : shard.examples) {
    keys.push_back(Random(shard.seed, Purpose::kRoundingNoise, shard.epoch, example).next());
  }
  return keys;
}

}  // namespace stapes::training
