#include "device/graph/quantized_input.h"

namespace stapes {
namespace {

bool contains(const FlatVector<int32_t>& tensors, int32_t tensor) {
  for (int32_t k = 0; k < tensors.size(); ++k) {
    if (tensors[k] == tensor) return true;
  }
  return false;
}

}  // namespace

int32_t quantized_input(const Model& model) {
  if (model.operators() == 0 || model.inputs().size() == 0) return -1;
  const int32_t input = model.inputs()[0];
  const OperatorView first = model.operator_at(0);
  if (first.code != OperatorCode::kQuantize || first.inputs.size() != 1 ||
      first.outputs.size() != 1 || first.inputs[0] != input) {
    return -1;
  }
  const TensorView real = model.tensor(input);
  const TensorView stored = model.tensor(first.outputs[0]);
  const bool is_integer = stored.type == TensorType::kInt8 || stored.type == TensorType::kInt16;
  if (real.type != TensorType::kFloat32 || !is_integer || stored.scales() != 1 ||
      stored.shape != real.shape || contains(model.outputs(), input)) {
    return -1;
  }
  for (int32_t i = 1; i < model.operators(); ++i) {
    if (contains(model.operator_at(i).inputs, input)) return -1;
  }
  return stored.index;
}

}  // namespace stapes
