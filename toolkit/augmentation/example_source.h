#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace stapes::augmentation {

// Where training gets its examples: labelled model inputs, made on demand from clips on disk, so
// that memory does not grow with the data set.
class ExampleSource {
 public:
  virtual ~ExampleSource() = default;

  virtual size_t size() const = 0;                // clips in one epoch
  virtual size_t values_per_example() const = 0;  // frames * channels
  virtual const std::vector<std::string>& classes() const = 0;
  // Clips of each class, for class weights.
  virtual std::vector<size_t> class_counts() const = 0;

  // Writes example `index` of `epoch` to `features` [frames, channels] and returns its class.
  // Depends on nothing but (seed, epoch, index). Thread-safe. An example of an augmented source
  // may get another class than its clip has (a cropped keyword is unknown).
  virtual int fill(uint64_t epoch, size_t index, std::span<float> features) const = 0;
};

}  // namespace stapes::augmentation
