#pragma once
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace stapes::augmentation {

// Keeps what was made last, up to a number of bytes; the least recently used goes first. What a
// caller holds stays alive although the cache has dropped it. Thread-safe; two threads that miss
// the same key at the same time both make it, which costs time and changes nothing.
template <typename Key, typename Value>
class BoundedCache {
 public:
  using Pointer = std::shared_ptr<const Value>;

  explicit BoundedCache(size_t limit_bytes) : limit_(limit_bytes) {}

  // `make` returns the value, `bytes_of` its size.
  template <typename Make, typename BytesOf>
  Pointer get(const Key& key, const Make& make, const BytesOf& bytes_of) const {
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = entries_.find(key); found != entries_.end()) {
        order_.splice(order_.begin(), order_, found->second.place);
        return found->second.value;
      }
    }
    auto value = std::make_shared<const Value>(make());
    const size_t bytes = bytes_of(*value);
    const std::lock_guard lock(mutex_);
    if (bytes > limit_ || entries_.count(key) != 0) return value;
    order_.push_front(key);
    entries_.emplace(key, Entry{value, bytes, order_.begin()});
    used_ += bytes;
    while (used_ > limit_) {
      const auto oldest = entries_.find(order_.back());
      used_ -= oldest->second.bytes;
      entries_.erase(oldest);
      order_.pop_back();
    }
    return value;
  }

  size_t used_bytes() const {
    const std::lock_guard lock(mutex_);
    return used_;
  }

 private:
  struct Entry {
    Pointer value;
    size_t bytes;
    typename std::list<Key>::iterator place;
  };

  size_t limit_;
  mutable std::mutex mutex_;
  mutable std::list<Key> order_;  // most recently used first
  mutable std::map<Key, Entry> entries_;
  mutable size_t used_ = 0;
};

}  // namespace stapes::augmentation
