#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "toolkit/graph/graph.h"
#include "toolkit/quantization/inputs.h"

namespace stapes::quantization {

// The model's output 0 for each input, dequantized where it is int8. The LSTM's state is reset
// before each input unless it is carried. The same for any number of threads.
std::vector<std::vector<float>> outputs_of(const graph::Graph& graph, const Inputs& inputs,
                                           bool carry_state = false, int threads = 0);

// Of inputs whose class is known, those that one of two models alone decides rightly.
struct Outcomes {
  size_t lost = 0;  // the reference alone
  size_t won = 0;   // the other alone
};

// How alike two models behave.
struct Agreement {
  size_t inputs = 0;
  size_t same_decision = 0;       // the highest output is the same one
  double largest_difference = 0;  // of any output value
  double rms_difference = 0;
  std::optional<Outcomes> outcomes = std::nullopt;  // none where no class is known

  double fraction() const {
    return inputs == 0 ? 1.0 : static_cast<double>(same_decision) / static_cast<double>(inputs);
  }
};

// `classes`: the index of each input's right output, of at least as many inputs as there are
// outputs, or nothing where that is not known.
// REQUIRES: outputs of two models with the same output shape, for the same inputs.
Agreement compare(const std::vector<std::vector<float>>& reference,
                  const std::vector<std::vector<float>>& outputs,
                  const std::vector<int>& classes = {});

}  // namespace stapes::quantization
