#include "toolkit/training/batch_plan.h"

#include <numeric>

#include "toolkit/base/philox.h"

namespace stapes::training {

std::pair<size_t, size_t> BatchPlan::rows_of(size_t shard) const {
  return {shard * batch_size_ / shards_, (shard + 1) * batch_size_ / shards_};
}

std::vector<std::vector<uint64_t>> BatchPlan::of_epoch(uint64_t epoch, int64_t first_step,
                                                       int64_t steps,
                                                       std::span<const size_t> shards) const {
  std::vector<uint64_t> order(examples_);
  std::iota(order.begin(), order.end(), uint64_t{0});
  Random(seed_, Purpose::kShuffle, epoch).shuffle(order);
  std::vector<std::vector<uint64_t>> plan;
  for (int64_t i = 0; i < steps; ++i) {
    const size_t start = static_cast<size_t>(first_step + i) * batch_size_;
    std::vector<uint64_t>& batch = plan.emplace_back();
    for (const size_t shard : shards) {
      const auto [first, last] = rows_of(shard);
      for (size_t row = first; row < last; ++row) batch.push_back(order[start + row]);
    }
  }
  return plan;
}

}  // namespace stapes::training
