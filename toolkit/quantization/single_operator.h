#pragma once
#include <cstdint>
#include <vector>

#include "toolkit/graph/graph.h"

namespace stapes::quantization {

// One operator of a graph as a graph of its own: constants and state go with it, every other input
// becomes a model input, in the operator's order, a tensor that occurs twice once.
struct SingleOperator {
  graph::Graph graph;
  std::vector<size_t> input_positions;  // of each model input: where the operator reads it first
};

SingleOperator single_operator(const graph::Graph& graph, size_t operator_index);

}  // namespace stapes::quantization
