#pragma once
#include <functional>
#include <span>
#include <vector>

#include "toolkit/training/collective.h"
#include "toolkit/training/model.h"

namespace stapes::training {

// What the shards of one batch add up to.
struct BatchSum {
  std::vector<float> gradient;  // and batch-norm statistics, see Model::gradient
  double loss = 0;
  int64_t correct = 0;
  bool stop = false;  // some process was asked to stop
};

// Exchanges the gradients of a batch's shards between the processes and adds them in the shards'
// order. Shard s belongs to rank s modulo the number of processes. Every process sends its shards
// whole and gets all others', because adding on the way would make the order, and so the rounding,
// depend on the number of processes.
class ShardExchange {
 public:
  ShardExchange(size_t values, size_t shards, Collective& processes);

  // Shards of this process, ascending.
  const std::vector<size_t>& own() const { return own_; }
  // Where own shard number `i` (index in own()) writes its gradient.
  std::span<float> gradient(size_t i);
  void set_sums(size_t i, const ShardSums& sums);

  // Throws LostProcess.
  const BatchSum& add_all(bool stop);

 private:
  size_t values_;
  size_t shards_;
  size_t record_;    // values of one shard's record: gradient, loss, correct, stop
  size_t per_rank_;  // records that each process sends
  Collective& processes_;
  std::vector<size_t> own_;
  std::vector<float> sent_;
  std::vector<float> received_;
  BatchSum sum_;
};

}  // namespace stapes::training
