#pragma once
#include "toolkit/profiling/profile.h"

namespace stapes::profiling {

// One inference on this computer, every input zero, after a reset: the median of `repetitions` of
// the whole and of each operator by a steady clock. One thread.
Profile profile_on_host(const graph::Graph& model, int64_t model_bytes, const std::string& name,
                        int64_t repetitions);

}  // namespace stapes::profiling
