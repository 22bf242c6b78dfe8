#include "toolkit/quantization/joint_rounding.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stapes::quantization {
namespace {

constexpr double kDamping = 0.01;
constexpr double kLargest = 127.0;
// Each pass over the weights makes the error smaller; it converges long before.
constexpr int kPasses = 20;

// matrix = L L', row-major; L takes its place (right of the diagonal nothing is written).
void cholesky(std::vector<double>& matrix, size_t n) {
  for (size_t row = 0; row < n; ++row) {
    for (size_t column = 0; column <= row; ++column) {
      double sum = matrix[row * n + column];
      for (size_t k = 0; k < column; ++k) sum -= matrix[row * n + k] * matrix[column * n + k];
      matrix[row * n + column] = row == column ? std::sqrt(sum) : sum / matrix[column * n + column];
    }
  }
}

}  // namespace

JointRounding::JointRounding(std::vector<double> moments) : moments_(std::move(moments)) {
  const auto n = static_cast<size_t>(std::lround(std::sqrt(static_cast<double>(moments_.size()))));
  double trace = 0;
  for (size_t i = 0; i < n; ++i) trace += moments_[i * n + i];
  // Inputs that never vary make no error; any positive number rounds to the nearest.
  const double damping = trace > 0 ? kDamping * trace / static_cast<double>(n) : 1.0;
  for (size_t i = 0; i < n; ++i) moments_[i * n + i] += damping;
  order_.resize(n);
  std::iota(order_.begin(), order_.end(), size_t{0});
  std::stable_sort(order_.begin(), order_.end(),
                   [&](size_t a, size_t b) { return moments_[a * n + a] > moments_[b * n + b]; });
  factor_.resize(n * n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < n; ++k) {
      factor_[i * n + k] = moments_[order_[n - 1 - i] * n + order_[n - 1 - k]];
    }
  }
  cholesky(factor_, n);
}

// The error is |L' e|²; its component i holds e_i and those after it alone. The last is rounded
// first, and each one before so that it also undoes, as far as a step allows, what those after it
// did to its component.
void JointRounding::nearest_plane(std::vector<double>& errors, std::span<const float> weights,
                                  std::span<const float> steps, std::span<int8_t> stored) const {
  const size_t n = size();
  for (size_t i = n; i-- > 0;) {
    const size_t which = order_[n - 1 - i];
    double compensation = 0;
    for (size_t k = i + 1; k < n; ++k) {
      compensation += factor_[k * n + i] * errors[order_[n - 1 - k]];
    }
    const double weight = weights[which];
    const double wanted = weight - compensation / factor_[i * n + i];
    const double step = steps[which];
    const double nearest = std::clamp(std::round(wanted / step), -kLargest, kLargest);
    stored[which] = static_cast<int8_t>(nearest);
    errors[which] = step * nearest - weight;
  }
}

void JointRounding::descend(std::vector<double>& errors, std::span<const float> steps,
                            std::span<int8_t> stored) const {
  const size_t n = size();
  std::vector<double> slope(n, 0.0);  // H e
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < n; ++k) slope[i] += moments_[i * n + k] * errors[k];
  }
  for (int pass = 0; pass < kPasses; ++pass) {
    bool moved = false;
    for (size_t i = 0; i < n; ++i) {
      const double step = steps[i];
      const double now = stored[i];
      const double best = std::clamp(now - std::round(slope[i] / (moments_[i * n + i] * step)),
                                     -kLargest, kLargest);
      if (best == now) continue;
      const double change = step * (best - now);
      stored[i] = static_cast<int8_t>(best);
      errors[i] += change;
      for (size_t k = 0; k < n; ++k) slope[k] += moments_[i * n + k] * change;
      moved = true;
    }
    if (!moved) return;
  }
}

double JointRounding::quadratic(const std::vector<double>& errors) const {
  const size_t n = size();
  double sum = 0;
  for (size_t i = 0; i < n; ++i) {
    double product = 0;
    for (size_t k = 0; k < n; ++k) product += moments_[i * n + k] * errors[k];
    sum += errors[i] * product;
  }
  return sum;
}

double JointRounding::round(std::span<const float> weights, std::span<const float> steps,
                            std::span<int8_t> stored) const {
  std::vector<double> errors(size(), 0.0);
  nearest_plane(errors, weights, steps, stored);
  descend(errors, steps, stored);
  return quadratic(errors);
}

double JointRounding::squared_error(std::span<const float> weights, std::span<const float> steps,
                                    std::span<const int8_t> stored) const {
  std::vector<double> errors(size());
  for (size_t i = 0; i < errors.size(); ++i) {
    errors[i] = static_cast<double>(steps[i]) * stored[i] - static_cast<double>(weights[i]);
  }
  return quadratic(errors);
}

}  // namespace stapes::quantization
