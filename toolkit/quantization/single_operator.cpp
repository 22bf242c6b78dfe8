#include "toolkit/quantization/single_operator.h"

#include <map>

namespace stapes::quantization {

SingleOperator single_operator(const graph::Graph& graph, size_t operator_index) {
  SingleOperator result;
  graph::Operator op = graph.operators[operator_index];
  std::map<int32_t, int32_t> index;
  for (size_t position = 0; position < op.inputs.size(); ++position) {
    int32_t& input = op.inputs[position];
    if (input < 0) continue;
    const graph::Tensor& tensor = graph.tensors[static_cast<size_t>(input)];
    const auto [entry, is_new] = index.try_emplace(input, 0);
    if (is_new) {
      entry->second = result.graph.add_tensor(tensor);
      if (!tensor.is_constant() && !tensor.is_variable) {
        result.graph.inputs.push_back(entry->second);
        result.input_positions.push_back(position);
      }
    }
    input = entry->second;
  }
  for (int32_t& output : op.outputs) {
    output = result.graph.add_tensor(graph.tensors[static_cast<size_t>(output)]);
    result.graph.outputs.push_back(output);
  }
  op.intermediates.clear();
  result.graph.operators.push_back(std::move(op));
  return result;
}

}  // namespace stapes::quantization
