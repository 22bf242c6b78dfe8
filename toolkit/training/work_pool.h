#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace stapes::training {

// A fixed number of threads for two kinds of work: what the trainer waits for now (shards of the
// present batch), and examples of coming batches, which fill the time that is left. Nothing else
// competes for the cores.
class WorkPool {
 public:
  explicit WorkPool(int threads);  // 0: as many as the machine has cores
  ~WorkPool();                     // lets started work end and drops the rest
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  int threads() const { return static_cast<int>(threads_.size()); }

  // Calls body(0) … body(count-1) before any background work and waits until all have ended. The
  // first exception is thrown again.
  void run_now(size_t count, const std::function<void(size_t)>& body);

  // Runs `work` some time later, in the order of the calls. It must not throw.
  void run_later(std::function<void()> work);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> now_;
  std::deque<std::function<void()>> later_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace stapes::training
