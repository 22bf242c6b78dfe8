#pragma once
#include <atomic>
#include <functional>

#include "tests/toolkit/training/synthetic_source.h"

namespace stapes::training {

// Calls a function with each example after it is made.
class HookedSource final : public augmentation::ExampleSource {
 public:
  using Hook = std::function<void(size_t number_made, size_t index, std::span<float> features)>;

  HookedSource(const SyntheticSource& source, Hook hook)
      : source_(source), hook_(std::move(hook)) {}
  size_t size() const override { return source_.size(); }
  size_t values_per_example() const override { return source_.values_per_example(); }
  const std::vector<std::string>& classes() const override { return source_.classes(); }
  std::vector<size_t> class_counts() const override { return source_.class_counts(); }
  int fill(uint64_t epoch, size_t index, std::span<float> features) const override {
    const int label = source_.fill(epoch, index, features);
    hook_(++made_, index, features);
    return label;
  }

 private:
  const SyntheticSource& source_;
  Hook hook_;
  mutable std::atomic<size_t> made_{0};
};

}  // namespace stapes::training
