#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "toolkit/augmentation/features.h"

namespace stapes::augmentation {

// Front ends for any number of threads: each borrows one that nobody else uses. Thread-safe.
class ExtractorPool {
 public:
  explicit ExtractorPool(const FeatureSettings& settings) : settings_(settings) {
    // The first one is made here, so that settings which the front end refuses are noticed now.
    idle_.push_back(std::make_unique<FeatureExtractor>(settings));
    values_ = idle_.front()->values();
  }

  size_t values() const { return values_; }
  size_t channels() const { return static_cast<size_t>(settings_.front_end.filterbank_n_channels); }

  // Calls use(FeatureExtractor&).
  template <typename Use>
  void borrow(const Use& use) const {
    std::unique_ptr<FeatureExtractor> extractor;
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        extractor = std::move(idle_.back());
        idle_.pop_back();
      }
    }
    if (!extractor) extractor = std::make_unique<FeatureExtractor>(settings_);
    use(*extractor);
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(extractor));
  }

 private:
  FeatureSettings settings_;
  size_t values_ = 0;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<FeatureExtractor>> idle_;
};

}  // namespace stapes::augmentation
