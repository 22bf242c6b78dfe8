#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace stapes::training {

// Which examples make which batch, and which rows of a batch make which shard. The order of an
// epoch depends on the seed and the epoch alone. The last examples of an order, which fill no
// batch, wait for another epoch.
class BatchPlan {
 public:
  BatchPlan(size_t examples, size_t batch_size, size_t shards, uint64_t seed)
      : examples_(examples), batch_size_(batch_size), shards_(shards), seed_(seed) {}

  size_t batch_size() const { return batch_size_; }
  int64_t steps_per_epoch() const {
    return batch_size_ == 0 ? 0 : static_cast<int64_t>(examples_ / batch_size_);
  }

  // Rows [first, last) of a batch that a shard holds.
  std::pair<size_t, size_t> rows_of(size_t shard) const;

  // For each of `steps` steps from `first_step` of the epoch on: the examples of these shards,
  // shard by shard.
  std::vector<std::vector<uint64_t>> of_epoch(uint64_t epoch, int64_t first_step, int64_t steps,
                                              std::span<const size_t> shards) const;

 private:
  size_t examples_;
  size_t batch_size_;
  size_t shards_;
  uint64_t seed_;
};

}  // namespace stapes::training
