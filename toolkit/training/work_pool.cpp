#include "toolkit/training/work_pool.h"

#include <exception>

#include "toolkit/base/parallel.h"

namespace stapes::training {

WorkPool::WorkPool(int threads) {
  if (threads <= 0) threads = available_cores();
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkPool::~WorkPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkPool::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || !now_.empty() || !later_.empty(); });
    if (ending_) return;
    std::deque<std::function<void()>>& queue = now_.empty() ? later_ : now_;
    const std::function<void()> task = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

void WorkPool::run_later(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    later_.push_back(std::move(work));
  }
  changed_.notify_one();
}

void WorkPool::run_now(size_t count, const std::function<void(size_t)>& body) {
  std::mutex done_mutex;
  std::condition_variable done_changed;
  size_t left = count;
  std::exception_ptr error;
  {
    const std::lock_guard lock(mutex_);
    for (size_t i = 0; i < count; ++i) {
      now_.emplace_back([&, i] {
        std::exception_ptr thrown;
        try {
          body(i);
        } catch (...) {
          thrown = std::current_exception();
        }
        const std::lock_guard done_lock(done_mutex);
        if (thrown && !error) error = thrown;
        if (--left == 0) done_changed.notify_one();
      });
    }
  }
  changed_.notify_all();
  std::unique_lock lock(done_mutex);
  done_changed.wait(lock, [&] { return left == 0; });
  if (error) std::rethrow_exception(error);
}

}  // namespace stapes::training
