#pragma once
#include <cstddef>
#include <vector>

#include "toolkit/graph/graph.h"
#include "toolkit/quantization/inputs.h"

namespace stapes::quantization {

// The model's output 0 for each input, dequantized where it is int8. The LSTM's state is reset
// before each input unless it is carried. The same for any number of threads.
std::vector<std::vector<float>> outputs_of(const graph::Graph& graph, const Inputs& inputs,
                                           bool carry_state = false, int threads = 0);

// How alike two models behave.
struct Agreement {
  size_t inputs = 0;
  size_t same_decision = 0;       // the highest output is the same one
  double largest_difference = 0;  // of any output value
  double rms_difference = 0;

  double fraction() const {
    return inputs == 0 ? 1.0 : static_cast<double>(same_decision) / static_cast<double>(inputs);
  }
};

// REQUIRES: outputs of two models with the same output shape, for the same inputs.
Agreement compare(const std::vector<std::vector<float>>& reference,
                  const std::vector<std::vector<float>>& outputs);

}  // namespace stapes::quantization
