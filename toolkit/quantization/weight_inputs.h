#pragma once
#include <map>
#include <vector>

#include "toolkit/graph/graph.h"
#include "toolkit/quantization/calibrate.h"
#include "toolkit/quantization/inputs.h"
#include "toolkit/quantization/moments.h"

namespace stapes::quantization {

// By operator index: what the rows of its weights are multiplied with, over all inputs.
//
//   FULLY_CONNECTED             one: its input's rows
//   CONV_2D                     one: patches [filter height, filter width, channels]
//   DEPTHWISE_CONV_2D           one for each input channel: patches [filter height, filter width]
//   UNIDIRECTIONAL_SEQUENCE_LSTM  one: [x(t), h(t - 1)]
//
// Patches at some places that are spread evenly. Convolutions in groups are left out.
using WeightInputs = std::map<size_t, std::vector<Moments>>;

// Runs the float graph on all inputs. Of `settings` only carry_state and threads count. The same
// bits for any number of threads. Throws Interrupted when interrupted.
WeightInputs observe_weight_inputs(const graph::Graph& graph, const Inputs& inputs,
                                   const CalibrationSettings& settings);

// Adds what was observed with other inputs of the same graph.
void add(WeightInputs& seen, const WeightInputs& others);

}  // namespace stapes::quantization
