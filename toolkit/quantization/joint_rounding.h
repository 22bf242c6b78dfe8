#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stapes::quantization {

// Rounds a row of weights as a whole: not each weight to the nearest step, but all of them so that
// the error of their product with what they are multiplied with is small,
//
//   E[((q - w) · x)²] = (q - w)' H (q - w),  H = E[x x']
//
// where the x go together, the errors of their weights cancel. Weight after weight is rounded, and
// those that are left take over what the error can be compensated with (Frantar et al., "GPTQ",
// arXiv 2210.17323; with the Cholesky factor of H this is Babai's nearest plane). Afterwards single
// weights are moved by whole steps as long as that helps.
//
// Deterministic: double arithmetic in a fixed order.
class JointRounding {
 public:
  // moments: H, row-major [size, size], symmetric. One hundredth of the mean of its diagonal is
  // added to the diagonal (as in the paper), so that directions in which the representative inputs
  // hardly vary are not free.
  explicit JointRounding(std::vector<double> moments);

  size_t size() const { return order_.size(); }

  // stored: within -127 … 127, weight ~ step * stored. All of size() values, steps above 0.
  // Returns the expected squared error of the product.
  double round(std::span<const float> weights, std::span<const float> steps,
               std::span<int8_t> stored) const;

  // (q - w)' H (q - w) for these integers.
  double squared_error(std::span<const float> weights, std::span<const float> steps,
                       std::span<const int8_t> stored) const;

 private:
  void nearest_plane(std::vector<double>& errors, std::span<const float> weights,
                     std::span<const float> steps, std::span<int8_t> stored) const;
  void descend(std::vector<double>& errors, std::span<const float> steps,
               std::span<int8_t> stored) const;
  double quadratic(const std::vector<double>& errors) const;

  std::vector<double> moments_;
  std::vector<size_t> order_;   // of rounding: what varies most first
  std::vector<double> factor_;  // lower triangular, of H with rows and columns in reverse order
};

}  // namespace stapes::quantization
