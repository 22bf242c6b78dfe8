#include "toolkit/quantization/moments.h"

#include <algorithm>

namespace stapes::quantization {

void Moments::add(std::span<const float> vector) {
  for (size_t i = 0; i < size_; ++i) {
    const double value = vector[i];
    if (value == 0.0) continue;  // half of what a ReLU gives
    sums_[i] += value;
    double* row = &products_[i * size_];
    for (size_t k = i; k < size_; ++k) row[k] += value * static_cast<double>(vector[k]);
  }
  count_ += 1;
}

void Moments::add(const Moments& others) {
  for (size_t i = 0; i < sums_.size(); ++i) sums_[i] += others.sums_[i];
  for (size_t i = 0; i < products_.size(); ++i) products_[i] += others.products_[i];
  count_ += others.count_;
}

std::vector<double> Moments::means() const {
  std::vector<double> result = sums_;
  for (double& mean : result) mean /= std::max(1.0, count_);
  return result;
}

std::vector<double> Moments::second_moments() const {
  std::vector<double> result(products_.size());
  for (size_t i = 0; i < size_; ++i) {
    for (size_t k = i; k < size_; ++k) {
      result[i * size_ + k] = result[k * size_ + i] =
          products_[i * size_ + k] / std::max(1.0, count_);
    }
  }
  return result;
}

std::vector<double> Moments::covariance() const {
  std::vector<double> result = second_moments();
  const std::vector<double> mean = means();
  for (size_t i = 0; i < size_; ++i) {
    for (size_t k = 0; k < size_; ++k) result[i * size_ + k] -= mean[i] * mean[k];
  }
  return result;
}

}  // namespace stapes::quantization
