#include "toolkit/training/shard_exchange.h"

#include <algorithm>

namespace stapes::training {
namespace {

constexpr size_t kExtras = 3;  // loss, correct, stop

}  // namespace

ShardExchange::ShardExchange(size_t values, size_t shards, Collective& processes)
    : values_(values), shards_(shards), record_(values + kExtras), processes_(processes) {
  const auto ranks = static_cast<size_t>(processes.size());
  per_rank_ = (shards + ranks - 1) / ranks;
  for (auto s = static_cast<size_t>(processes.rank()); s < shards; s += ranks) own_.push_back(s);
  sent_.resize(per_rank_ * record_);
  received_.resize(ranks * sent_.size());
  sum_.gradient.resize(values);
}

std::span<float> ShardExchange::gradient(size_t i) {
  return std::span(sent_).subspan(i * record_, values_);
}

void ShardExchange::set_sums(size_t i, const ShardSums& sums) {
  float* extras = sent_.data() + i * record_ + values_;
  extras[0] = static_cast<float>(sums.loss);
  extras[1] = static_cast<float>(sums.correct);
}

const BatchSum& ShardExchange::add_all(bool stop) {
  for (size_t i = 0; i < per_rank_; ++i) {
    sent_[i * record_ + values_ + 2] = stop ? 1.0F : 0.0F;
  }
  processes_.all_gather(sent_, received_);
  const auto ranks = static_cast<size_t>(processes_.size());
  std::fill(sum_.gradient.begin(), sum_.gradient.end(), 0.0F);
  sum_.loss = 0;
  sum_.correct = 0;
  sum_.stop = false;
  for (size_t s = 0; s < shards_; ++s) {
    const float* record = received_.data() + ((s % ranks) * per_rank_ + s / ranks) * record_;
    for (size_t i = 0; i < values_; ++i) sum_.gradient[i] += record[i];
    sum_.loss += record[values_];
    sum_.correct += static_cast<int64_t>(record[values_ + 1]);
    sum_.stop = sum_.stop || record[values_ + 2] != 0;
  }
  return sum_;
}

}  // namespace stapes::training
