#include "toolkit/quantization/real_input.h"

#include <algorithm>

#include "toolkit/quantization/affine.h"

namespace stapes::quantization {

void set_real_input(const graph::Graph& graph, graph::Executor& executor,
                    std::span<const float> values) {
  const graph::Tensor& input = graph.tensors[static_cast<size_t>(graph.inputs.at(0))];
  if (input.type != TensorType::kInt8) {
    executor.set_input(0, values);
    return;
  }
  const Affine affine = {input.quantization.scale.at(0),
                         static_cast<int32_t>(input.quantization.zero_point.at(0))};
  Bytes bytes(values.size());
  std::transform(values.begin(), values.end(), bytes.begin(), [&](float value) {
    return static_cast<uint8_t>(quantize_to_int8(value, affine));
  });
  executor.set_input(0, std::span<const uint8_t>(bytes));
}

}  // namespace stapes::quantization
