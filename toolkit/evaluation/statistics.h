#pragma once
#include <cstddef>
#include <span>

namespace stapes::evaluation {

struct Interval {
  double low = 0.0;
  double high = 1.0;
};

// A proportion and how sure one can be of it.
struct Proportion {
  size_t right = 0;
  size_t total = 0;
  double value() const {  // 0 for no clips, as the reference toolkit has it
    return total == 0 ? 0.0 : static_cast<double>(right) / static_cast<double>(total);
  }
};

// Wilson's score interval at 95 % (Wilson 1927). No clips: 0 … 1.
Interval wilson_interval(Proportion proportion);

// 95 % interval of the mean number of events where `count` were counted, if they come independently
// of each other (Byar's approximation; Breslow and Day 1987).
Interval poisson_interval(size_t count);

// The same where the events have few causes: `counts`, of each cause that had any. An event that
// comes n times from one cause says no more than one, so as many events are taken as the causes
// weigh, the sum of counts over the mean number of events that an event shares its cause with.
Interval clustered_interval(std::span<const size_t> counts);

// 95 % interval of the plain mean of independent proportions, from their Wilson intervals by
// "variance recovery" (Zou and Donner 2008): the distances to the limits are added as squares.
Interval interval_of_mean(std::span<const Proportion> proportions);

// McNemar's exact test (two-sided, binomial) of whether two models are right equally often:
// the probability of a split at least as uneven as `only_first` : `only_second` by chance. 1 when
// both are 0.
double mcnemar_p_value(size_t only_first, size_t only_second);

}  // namespace stapes::evaluation
