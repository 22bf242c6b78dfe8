#include "toolkit/training/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"
#include "toolkit/specification/training_choices.h"

namespace stapes::training {

Schedule::Schedule(const TrainingSettings& settings, int64_t steps_per_epoch)
    : settings_(settings),
      steps_per_epoch_(steps_per_epoch),
      total_steps_(settings.epochs * steps_per_epoch) {
  if (settings.schedule == "steps") {
    if (settings.steps.empty()) {
      throw Error("cannot train", "training.steps", "the schedule \"steps\" has no steps",
                  "list pairs of [steps, learning rate]");
    }
    int64_t listed = 0;
    for (const TrainingSettings::Step& step : settings.steps) listed += step.steps;
    total_steps_ = std::min(total_steps_, listed);
  } else if (settings.schedule == "cosine") {
    warmup_steps_ = static_cast<int64_t>(
        std::llround(settings.warmup_epochs * static_cast<double>(steps_per_epoch)));
    warmup_steps_ = std::clamp<int64_t>(warmup_steps_, 0, total_steps_);
  } else if (settings.schedule != "constant") {
    throw Error("cannot train", "training.schedule",
                "there is no schedule \"" + settings.schedule + "\"",
                suggestion(settings.schedule, known_schedules()));
  }
}

// The step on which the rate that `step` is on its way to would be reached.
int64_t Schedule::end_of_cosine(int64_t step) const {
  for (const int32_t epochs : settings_.restart_epochs) {
    const int64_t end = epochs * steps_per_epoch_;
    if (step < end) return std::min(end, total_steps_);
  }
  return total_steps_;
}

double Schedule::learning_rate(int64_t step) const {
  if (settings_.schedule == "steps") {
    int64_t bound = 0;
    for (const TrainingSettings::Step& part : settings_.steps) {
      bound += part.steps;
      if (step < bound) return part.learning_rate;
    }
    return settings_.steps.back().learning_rate;
  }
  if (settings_.schedule == "constant") return settings_.learning_rate;
  if (step < warmup_steps_) {
    return settings_.learning_rate * static_cast<double>(step + 1) /
           static_cast<double>(warmup_steps_);
  }
  const int64_t falling = std::max<int64_t>(end_of_cosine(step) - warmup_steps_, 1);
  const double way = static_cast<double>(step - warmup_steps_) / static_cast<double>(falling);
  const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * std::min(way, 1.0)));
  return settings_.final_learning_rate +
         (settings_.learning_rate - settings_.final_learning_rate) * cosine;
}

}  // namespace stapes::training
