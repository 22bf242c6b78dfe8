#include "toolkit/quantization/graph_links.h"

namespace stapes::quantization {

GraphLinks::GraphLinks(const graph::Graph& graph)
    : producer(graph.tensors.size(), -1),
      consumers(graph.tensors.size()),
      is_output(graph.tensors.size(), false) {
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    for (const int32_t output : graph.operators[i].outputs) {
      producer[static_cast<size_t>(output)] = static_cast<int32_t>(i);
    }
    for (const int32_t input : graph.operators[i].inputs) {
      if (input < 0) continue;
      std::vector<size_t>& readers = consumers[static_cast<size_t>(input)];
      if (readers.empty() || readers.back() != i) readers.push_back(i);
    }
  }
  for (const int32_t output : graph.outputs) is_output[static_cast<size_t>(output)] = true;
}

}  // namespace stapes::quantization
