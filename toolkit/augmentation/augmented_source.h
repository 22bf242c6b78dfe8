#pragma once
#include <span>
#include <string>
#include <vector>

#include "toolkit/augmentation/augmenter.h"
#include "toolkit/augmentation/example_source.h"
#include "toolkit/augmentation/extractor_pool.h"

namespace stapes::augmentation {

// The training split, each clip changed anew in every epoch: decoded from disk, augmented, made
// 16-bit PCM as on the device, through the front end with its lead-in, vocal tract, normalized,
// SpecAugment.
// Draws depend on specification.training.seed, the epoch and the index.
class AugmentedSource : public ExampleSource {
 public:
  AugmentedSource(const Specification& specification, const dataset::Dataset& dataset);

  size_t size() const override { return clips_.size(); }
  size_t values_per_example() const override { return extractors_.values(); }
  const std::vector<std::string>& classes() const override { return classes_; }
  std::vector<size_t> class_counts() const override { return class_counts_; }
  int fill(uint64_t epoch, size_t index, std::span<float> features) const override;

  // The steps of fill(), for those who want to see or hear what it does.
  const dataset::ClipReference& clip(size_t index) const { return clips_[index]; }
  Draws draws(uint64_t epoch, size_t index) const;
  const Augmenter& augmenter() const { return augmenter_; }

 private:
  Specification specification_;
  std::vector<dataset::ClipReference> clips_;
  std::vector<std::string> classes_;
  std::vector<size_t> class_counts_;
  int unknown_label_;
  Augmenter augmenter_;
  ExtractorPool extractors_;
};

}  // namespace stapes::augmentation
