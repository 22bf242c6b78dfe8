#include "toolkit/evaluation/statistics.h"

#include <algorithm>
#include <cmath>

namespace stapes::evaluation {

Interval wilson_interval(Proportion proportion) {
  if (proportion.total == 0) return {0.0, 1.0};
  constexpr double kZ = 1.959963984540054;  // 97.5 % point of the normal distribution
  const double n = static_cast<double>(proportion.total);
  const double p = proportion.value();
  const double centre = p + kZ * kZ / (2.0 * n);
  const double spread = kZ * std::sqrt(p * (1.0 - p) / n + kZ * kZ / (4.0 * n * n));
  const double scale = 1.0 + kZ * kZ / n;
  // Exactly 0 and 1 where rounding would come near them only.
  return {proportion.right == 0 ? 0.0 : (centre - spread) / scale,
          proportion.right == proportion.total ? 1.0 : (centre + spread) / scale};
}

namespace {

Interval byar_interval(double n) {
  constexpr double kZ = 1.959963984540054;
  const auto limit = [](double x, double z) {
    const double root = 1.0 - 1.0 / (9.0 * x) + z / (3.0 * std::sqrt(x));
    return x * root * root * root;
  };
  return {n <= 0.0 ? 0.0 : limit(n, -kZ), limit(n + 1.0, kZ)};
}

}  // namespace

Interval poisson_interval(size_t count) { return byar_interval(static_cast<double>(count)); }

Interval clustered_interval(std::span<const size_t> counts) {
  double sum = 0.0, squares = 0.0;
  for (const size_t count : counts) {
    const auto n = static_cast<double>(count);
    sum += n;
    squares += n * n;
  }
  if (sum <= 0.0) return poisson_interval(0);
  const double shared = squares / sum;
  const Interval interval = byar_interval(sum / shared);
  return {interval.low * shared, interval.high * shared};
}

Interval interval_of_mean(std::span<const Proportion> proportions) {
  if (proportions.empty()) return {0.0, 1.0};
  double mean = 0.0, below = 0.0, above = 0.0;
  for (const Proportion& proportion : proportions) {
    const double value = proportion.value();
    const Interval interval = wilson_interval(proportion);
    mean += value;
    below += (value - interval.low) * (value - interval.low);
    above += (interval.high - value) * (interval.high - value);
  }
  const double count = static_cast<double>(proportions.size());
  return {std::max(0.0, (mean - std::sqrt(below)) / count),
          std::min(1.0, (mean + std::sqrt(above)) / count)};
}

double mcnemar_p_value(size_t only_first, size_t only_second) {
  const double n = static_cast<double>(only_first + only_second);
  const size_t fewer = std::min(only_first, only_second);
  double tail = 0.0;  // P(X <= fewer), X ~ Binomial(n, 1/2)
  for (size_t i = 0; i <= fewer; ++i) {
    const double k = static_cast<double>(i);
    tail += std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) -
                     n * std::log(2.0));
  }
  return std::min(1.0, 2.0 * tail);
}

}  // namespace stapes::evaluation
