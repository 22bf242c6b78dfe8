#include "toolkit/quantization/observations.h"

namespace stapes::quantization {

Observations observe(const graph::Graph& graph, const Inputs& inputs,
                     const CalibrationSettings& settings, bool weight_inputs) {
  Observations result;
  result.extremes = observe_extremes(graph, inputs, settings);
  if (weight_inputs) result.weight_inputs = observe_weight_inputs(graph, inputs, settings);
  return result;
}

void add(Observations& seen, const Observations& others) {
  add(seen.extremes, others.extremes);
  add(seen.weight_inputs, others.weight_inputs);
}

}  // namespace stapes::quantization
