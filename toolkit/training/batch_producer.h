#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <vector>

#include "toolkit/augmentation/example_source.h"
#include "toolkit/training/work_pool.h"

namespace stapes::training {

// Examples of one batch, in its order.
struct Batch {
  std::vector<float> features;  // [count, values_per_example]
  std::vector<int32_t> labels;
  std::vector<uint64_t> examples;  // indices in the source
};

// Makes the batches of one epoch ahead of time, on the pool's idle threads, and hands them out in
// order. At most `ahead` batches exist at once, whatever the size of the data set.
class BatchProducer {
 public:
  // `plan` says which examples each batch holds.
  BatchProducer(WorkPool& pool, const augmentation::ExampleSource& source, uint64_t epoch,
                std::vector<std::vector<uint64_t>> plan, size_t ahead = 4);
  ~BatchProducer();  // waits for the examples that are being made
  BatchProducer(const BatchProducer&) = delete;
  BatchProducer& operator=(const BatchProducer&) = delete;

  // The next batch; valid until the next call. Throws what the source threw, and an Error when an
  // example is not finite.
  const Batch& next();

 private:
  struct Slot {
    Batch batch;
    size_t missing = 0;
  };

  void start_one();
  void make(Slot& slot, size_t first, size_t last);

  WorkPool& pool_;
  const augmentation::ExampleSource& source_;
  uint64_t epoch_;
  std::vector<std::vector<uint64_t>> plan_;
  size_t started_ = 0;
  std::deque<std::unique_ptr<Slot>> slots_;  // the front one is in the hands of the caller
  bool handed_out_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  size_t running_ = 0;  // tasks in the pool
  bool stopping_ = false;
  std::exception_ptr error_;
};

}  // namespace stapes::training
