#pragma once
#include <cstddef>

#include "toolkit/graph/graph.h"
#include "toolkit/quantization/inputs.h"

namespace stapes::quantization {

// How alike two models with the same input and output shape behave.
struct Agreement {
  size_t inputs = 0;
  size_t same_decision = 0;       // the highest output is the same one
  double largest_difference = 0;  // of any output value
  double rms_difference = 0;

  double fraction() const {
    return inputs == 0 ? 1.0 : static_cast<double>(same_decision) / static_cast<double>(inputs);
  }
};

// Runs both on all inputs; the LSTM's state is reset before each input unless it is carried. Both
// take float32 or int8 input. The same for any number of threads.
Agreement measure_agreement(const graph::Graph& reference, const graph::Graph& model,
                            const Inputs& inputs, bool carry_state = false, int threads = 0);

}  // namespace stapes::quantization
