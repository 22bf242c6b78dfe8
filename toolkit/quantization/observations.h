#pragma once
#include "toolkit/quantization/calibrate.h"
#include "toolkit/quantization/ranges.h"
#include "toolkit/quantization/weight_inputs.h"

namespace stapes::quantization {

// What a float graph does with some inputs, as far as it can be put together from parts of them:
// whoever quantizes it with several of these parts runs it once on each.
struct Observations {
  Ranges extremes;
  WeightInputs weight_inputs;  // nothing, where weights are rounded to the nearest
};

// Of `settings` only carry_state and threads count.
Observations observe(const graph::Graph& graph, const Inputs& inputs,
                     const CalibrationSettings& settings, bool weight_inputs);

void add(Observations& seen, const Observations& others);

}  // namespace stapes::quantization
