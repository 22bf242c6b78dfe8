#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "toolkit/augmentation/example_source.h"
#include "toolkit/augmentation/extractor_pool.h"
#include "toolkit/augmentation/noise_bank.h"
#include "toolkit/augmentation/placement.h"
#include "toolkit/dataset/dataset.h"

namespace stapes::augmentation {

struct CleanOptions {
  // Mixes in noise of the split's own ambient files at this signal-to-noise ratio (decibels, over
  // the window that is scored); which noise, depends on noise_seed and the clip's index alone.
  std::optional<double> noise_snr_db;
  uint64_t noise_seed = 42;
};

// Clips of one split as they are: centred in the window after a silent lead-in. Nothing is left to
// chance, so that two evaluations differ only by the model; `epoch` makes no difference.
class CleanSource : public ExampleSource {
 public:
  // Throws Error when noise is wanted and the split has none.
  CleanSource(const Specification& specification, const dataset::Dataset& dataset,
              dataset::Split split, const CleanOptions& options = {});

  size_t size() const override { return clips_.size(); }
  size_t values_per_example() const override { return extractors_.values(); }
  const std::vector<std::string>& classes() const override { return classes_; }
  std::vector<size_t> class_counts() const override { return class_counts_; }
  int fill(uint64_t epoch, size_t index, std::span<float> features) const override;

  const dataset::ClipReference& clip(size_t index) const { return clips_[index]; }
  // What the front end gets: lead-in and window.
  std::vector<int16_t> pcm(size_t index) const;
  const Window& window() const { return window_; }

 private:
  void add_noise(std::vector<float>& buffer, size_t index) const;

  CleanOptions options_;
  int sample_rate_hz_;
  Window window_;
  std::vector<dataset::ClipReference> clips_;
  std::vector<std::string> classes_;
  std::vector<size_t> class_counts_;
  NoiseBank noise_;
  ExtractorPool extractors_;
};

}  // namespace stapes::augmentation
