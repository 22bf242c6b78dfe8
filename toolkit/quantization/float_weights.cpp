#include "toolkit/quantization/float_weights.h"

#include <cmath>
#include <cstring>

#include "toolkit/graph/executor.h"
#include "toolkit/quantization/constants.h"

namespace stapes::quantization {
namespace {

// IEEE 754 binary16.
float from_float16(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 1023;
  float magnitude = 0.0F;
  if (exponent == 31) {
    magnitude = fraction == 0 ? INFINITY : NAN;
  } else if (exponent == 0) {
    magnitude = std::ldexp(static_cast<float>(fraction), -24);
  } else {
    magnitude = std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

bool can_become_float(const graph::Tensor& tensor) {
  return tensor.is_constant() &&
         (tensor.type == TensorType::kFloat16 || !tensor.quantization.scale.empty());
}

graph::Tensor as_float32(const graph::Tensor& tensor) {
  std::vector<float> values;
  if (tensor.type == TensorType::kFloat16) {
    for (size_t i = 0; i + 1 < tensor.data.size(); i += 2) {
      uint16_t bits = 0;
      std::memcpy(&bits, &tensor.data[i], sizeof(bits));
      values.push_back(from_float16(bits));
    }
  } else {
    values = graph::dequantize(tensor, tensor.data);
  }
  return float_constant(tensor.name, tensor.shape, values);
}

}  // namespace

graph::Graph with_float_weights(const graph::Graph& graph) {
  graph::Graph result = graph;
  result.operators.clear();
  for (const graph::Operator& op : graph.operators) {
    const bool converts = op.code == OperatorCode::kDequantize && op.inputs.at(0) >= 0;
    const size_t input = converts ? static_cast<size_t>(op.inputs[0]) : 0;
    if (converts && can_become_float(result.tensors[input])) {
      const auto output = static_cast<size_t>(op.outputs.at(0));
      const std::string name = result.tensors[output].name;
      result.tensors[output] = as_float32(result.tensors[input]);
      result.tensors[output].name = name;
      continue;
    }
    const bool runs_in_float =
        !op.outputs.empty() &&
        result.tensors[static_cast<size_t>(op.outputs[0])].type == TensorType::kFloat32;
    for (const int32_t t : op.inputs) {
      if (t < 0 || !runs_in_float) continue;
      graph::Tensor& tensor = result.tensors[static_cast<size_t>(t)];
      if (can_become_float(tensor)) tensor = as_float32(tensor);
    }
    result.operators.push_back(op);
  }
  return result;
}

}  // namespace stapes::quantization
