#pragma once
#include <vector>

#include "toolkit/graph/graph.h"

namespace stapes::codegen {

// What a self-test compares: inputs, and what the interpreter answers from the reset state, then
// to the same inputs again without a reset (only for a model with state).
struct Golden {
  std::vector<Bytes> inputs;
  std::vector<std::vector<Bytes>> outputs;  // of every inference, of every output
};

// The inputs are noise over what each input can hold; for a float input that the model quantizes
// first, over the range of its quantization.
Golden make_golden(const graph::Graph& graph);

}  // namespace stapes::codegen
