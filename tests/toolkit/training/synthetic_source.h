#pragma once
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "toolkit/augmentation/example_source.h"
#include "toolkit/base/philox.h"

namespace stapes::training {

// Examples that a small network can learn: a ridge over time, in the channels that belong to the
// class, in noise. Different in each epoch, as an augmented source's are.
class SyntheticSource final : public augmentation::ExampleSource {
 public:
  SyntheticSource(size_t size, size_t frames, size_t channels, int classes, uint64_t seed)
      : size_(size), frames_(frames), channels_(channels), seed_(seed) {
    for (int c = 0; c < classes; ++c) classes_.push_back("word" + std::to_string(c));
  }

  size_t size() const override { return size_; }
  size_t values_per_example() const override { return frames_ * channels_; }
  const std::vector<std::string>& classes() const override { return classes_; }
  std::vector<size_t> class_counts() const override {
    std::vector<size_t> counts(classes_.size());
    for (size_t i = 0; i < size_; ++i) ++counts[i % counts.size()];
    return counts;
  }

  int fill(uint64_t epoch, size_t index, std::span<float> features) const override {
    Random random(seed_, Purpose::kTest, epoch, index);
    const size_t label = index % classes_.size();
    const size_t start = random.below(frames_ / 2);
    for (size_t t = 0; t < frames_; ++t) {
      for (size_t c = 0; c < channels_; ++c) {
        auto value = static_cast<float>(0.5 * random.normal());
        const bool ridge = t >= start && t < start + frames_ / 2 && c % classes_.size() == label;
        features[t * channels_ + c] = value + (ridge ? 2.0F : 0.0F);
      }
    }
    return static_cast<int>(label);
  }

 private:
  size_t size_;
  size_t frames_;
  size_t channels_;
  uint64_t seed_;
  std::vector<std::string> classes_;
};

}  // namespace stapes::training
