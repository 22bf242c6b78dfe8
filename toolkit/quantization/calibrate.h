#pragma once
#include <string>

#include "toolkit/graph/graph.h"
#include "toolkit/quantization/inputs.h"
#include "toolkit/quantization/ranges.h"

namespace stapes::quantization {

enum class Calibration {
  kMinMax,      // the smallest and the largest value ever seen
  kPercentile,  // without the outermost values
  kMse,         // least squared error of rounding and clipping together
};

Calibration calibration_of(const std::string& name);  // throws Error for an unknown name
const char* name_of(Calibration calibration);

struct CalibrationSettings {
  Calibration calibration = Calibration::kMinMax;
  double percentile = 99.99;
  // The LSTM's state is reset before each input; true: carried from input to input, which is how
  // the reference toolkit runs (one thread then).
  bool carry_state = false;
  int threads = 0;  // 0: all cores
};

// Runs the float graph on all inputs and returns what its tensors held. The same for any number of
// threads. Throws Error when there is no input, a value is not finite or a settings is out of
// range, Interrupted when interrupted.
//
// `extremes`: what observe_extremes() finds with these inputs, if the caller has it already.
Ranges calibrate(const graph::Graph& graph, const Inputs& inputs,
                 const CalibrationSettings& settings = {}, const Ranges* extremes = nullptr);

// The smallest and the largest value of each tensor, and the LSTMs' magnitudes: calibrate() with
// kMinMax. Of `settings` only carry_state and threads count.
Ranges observe_extremes(const graph::Graph& graph, const Inputs& inputs,
                        const CalibrationSettings& settings);

// Adds what was observed with other inputs of the same graph. REQUIRES: both are extremes
void add(Ranges& extremes, const Ranges& others);

}  // namespace stapes::quantization
