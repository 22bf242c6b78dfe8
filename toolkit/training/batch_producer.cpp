#include "toolkit/training/batch_producer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "toolkit/base/error.h"

namespace stapes::training {
namespace {

constexpr size_t kExamplesPerTask = 4;  // short, so that a shard never waits long for a thread

}  // namespace

BatchProducer::BatchProducer(WorkPool& pool, const augmentation::ExampleSource& source,
                             uint64_t epoch, std::vector<std::vector<uint64_t>> plan, size_t ahead)
    : pool_(pool), source_(source), epoch_(epoch), plan_(std::move(plan)) {
  for (size_t i = 0; i < ahead; ++i) start_one();
}

BatchProducer::~BatchProducer() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  changed_.wait(lock, [this] { return running_ == 0; });
}

void BatchProducer::start_one() {
  if (started_ == plan_.size()) return;
  slots_.push_back(std::make_unique<Slot>());
  Slot& slot = *slots_.back();
  slot.batch.examples = std::move(plan_[started_++]);
  const size_t count = slot.batch.examples.size();
  slot.batch.labels.resize(count);
  slot.batch.features.resize(count * source_.values_per_example());
  slot.missing = count;
  for (size_t first = 0; first < count; first += kExamplesPerTask) {
    const size_t last = std::min(first + kExamplesPerTask, count);
    {
      const std::lock_guard lock(mutex_);
      ++running_;
    }
    pool_.run_later([this, &slot, first, last] { make(slot, first, last); });
  }
}

void BatchProducer::make(Slot& slot, size_t first, size_t last) {
  const size_t values = source_.values_per_example();
  std::exception_ptr thrown;
  try {
    for (size_t i = first; i < last; ++i) {
      {
        const std::lock_guard lock(mutex_);
        if (stopping_ || error_) break;
      }
      const std::span<float> features(slot.batch.features.data() + i * values, values);
      const uint64_t index = slot.batch.examples[i];
      slot.batch.labels[i] = source_.fill(epoch_, static_cast<size_t>(index), features);
      if (!std::all_of(features.begin(), features.end(),
                       [](float v) { return std::isfinite(v); })) {
        throw Error("cannot train", fmt::format("example {} of epoch {}", index, epoch_ + 1),
                    "its features contain NaN or infinity",
                    "look for it with `stapes dataset preview`");
      }
    }
  } catch (...) {
    thrown = std::current_exception();
  }
  // The last access to this object: the destructor may run as soon as the lock is released.
  const std::lock_guard lock(mutex_);
  if (thrown && !error_) error_ = thrown;
  slot.missing -= last - first;
  --running_;
  changed_.notify_all();
}

const Batch& BatchProducer::next() {
  if (handed_out_) slots_.pop_front();
  handed_out_ = true;
  start_one();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return error_ || slots_.front()->missing == 0; });
  if (error_) std::rethrow_exception(error_);
  return slots_.front()->batch;
}

}  // namespace stapes::training
