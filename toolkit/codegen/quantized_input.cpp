#include "toolkit/codegen/quantized_input.h"

#include "device/graph/quantized_input.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::codegen {

bool take_quantize_away(graph::Graph& graph) {
  const Bytes file = graph::serialize_tflite(graph);
  Model model;
  if (!model.open(file.data(), file.size()).ok()) return false;  // others say what is wrong with it
  const int32_t quantized = quantized_input(model);
  if (quantized < 0) return false;
  graph.inputs[0] = quantized;
  graph.operators.erase(graph.operators.begin());
  return true;
}

}  // namespace stapes::codegen
