#pragma once
#include <cstdint>

#include "toolkit/specification/specification.h"

namespace stapes::training {

// The learning rate of each step.
//
//   constant  learning_rate throughout
//   cosine    rises linearly during warmup_epochs, then falls along half a cosine from
//             learning_rate to final_learning_rate at the end of the last epoch. Until the end of
//             each of restart_epochs it falls as if that were the last epoch (warm restarts, after
//             Loshchilov and Hutter, but from where the next cosine is by then): what a training
//             gets that is continued with more epochs.
//   steps     the listed rates for the listed numbers of steps; then training ends
class Schedule {
 public:
  // Throws Error for an unknown name or an empty list of steps.
  Schedule(const TrainingSettings& settings, int64_t steps_per_epoch);

  double learning_rate(int64_t step) const;  // steps count from 0
  int64_t total_steps() const { return total_steps_; }

 private:
  int64_t end_of_cosine(int64_t step) const;

  TrainingSettings settings_;
  int64_t steps_per_epoch_ = 1;
  int64_t total_steps_ = 0;
  int64_t warmup_steps_ = 0;
};

}  // namespace stapes::training
