#include "toolkit/profiling/profile.h"

namespace stapes::profiling {

double Profile::share_of(const OperatorProfile& op) const {
  double sum = 0.0;
  for (const OperatorProfile& each : operators) {
    sum += on_board() ? static_cast<double>(each.instructions) : each.seconds;
  }
  const double own = on_board() ? static_cast<double>(op.instructions) : op.seconds;
  return sum > 0.0 ? own / sum : 0.0;
}

}  // namespace stapes::profiling
