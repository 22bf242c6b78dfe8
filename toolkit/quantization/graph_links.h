#pragma once
#include <cstdint>
#include <vector>

#include "toolkit/graph/graph.h"

namespace stapes::quantization {

// Who writes and who reads each tensor of a graph.
struct GraphLinks {
  explicit GraphLinks(const graph::Graph& graph);

  std::vector<int32_t> producer;               // by tensor: operator index or -1
  std::vector<std::vector<size_t>> consumers;  // by tensor: operator indices, ascending
  std::vector<bool> is_output;                 // by tensor: a model output
};

}  // namespace stapes::quantization
