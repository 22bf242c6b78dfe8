#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace stapes::quantization {

// Means and second moments of vectors of one size: how the values that a row of weights is
// multiplied with vary together.
class Moments {
 public:
  explicit Moments(size_t size) : size_(size), sums_(size, 0.0), products_(size * size, 0.0) {}

  void add(std::span<const float> vector);  // REQUIRES: size() values
  void add(const Moments& others);

  size_t size() const { return size_; }
  double count() const { return count_; }
  std::vector<double> means() const;
  // E[x x'], row-major [size, size].
  std::vector<double> second_moments() const;
  // The same of x - E[x].
  std::vector<double> covariance() const;

 private:
  size_t size_;
  double count_ = 0;
  std::vector<double> sums_;
  std::vector<double> products_;  // the part right of and on the diagonal
};

}  // namespace stapes::quantization
