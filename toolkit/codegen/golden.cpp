#include "toolkit/codegen/golden.h"

#include <algorithm>
#include <cstring>

#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"
#include "toolkit/graph/executor.h"

namespace stapes::codegen {
namespace {

constexpr uint64_t kAttempts = 16;  // an int8 RSQRT may meet a negative number

struct Range {
  double low = -1.0;
  double high = 1.0;
};

Range range_of(const graph::Graph& graph, int32_t input) {
  for (const graph::Operator& op : graph.operators) {
    if (op.code != OperatorCode::kQuantize || op.inputs.at(0) != input) continue;
    const graph::Tensor& output = graph.tensors[static_cast<size_t>(op.outputs.at(0))];
    if (output.type != TensorType::kInt8 || output.quantization.scale.size() != 1) continue;
    const auto scale = static_cast<double>(output.quantization.scale[0]);
    const auto zero_point = static_cast<double>(output.quantization.zero_point.at(0));
    return {scale * (INT8_MIN - zero_point), scale * (INT8_MAX - zero_point)};
  }
  return {};
}

Bytes noise(const graph::Graph& graph, int32_t input, Random& random) {
  const graph::Tensor& tensor = graph.tensors[static_cast<size_t>(input)];
  Bytes bytes(static_cast<size_t>(tensor.elements()) * graph::size_of(tensor.type));
  if (tensor.type == TensorType::kFloat32) {
    const Range range = range_of(graph, input);
    for (size_t at = 0; at < bytes.size(); at += sizeof(float)) {
      const auto value = static_cast<float>(random.uniform(range.low, range.high));
      std::memcpy(bytes.data() + at, &value, sizeof(value));
    }
  } else if (graph::size_of(tensor.type) <= 2) {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.next());
  }
  return bytes;
}

}  // namespace

Golden make_golden(const graph::Graph& graph) {
  const bool has_state = std::any_of(graph.tensors.begin(), graph.tensors.end(),
                                     [](const graph::Tensor& t) { return t.is_variable; });
  graph::Executor executor(graph);
  for (uint64_t attempt = 0;; ++attempt) {
    Random random(1, Purpose::kTest, 0, attempt);
    Golden golden;
    for (const int32_t input : graph.inputs) golden.inputs.push_back(noise(graph, input, random));
    try {
      executor.reset();
      for (int inference = 0; inference < (has_state ? 2 : 1); ++inference) {
        for (size_t i = 0; i < golden.inputs.size(); ++i) {
          executor.set_input(i, std::span<const uint8_t>(golden.inputs[i]));
        }
        executor.invoke();
        auto& outputs = golden.outputs.emplace_back();
        for (size_t i = 0; i < graph.outputs.size(); ++i) {
          const auto bytes = executor.output(i);
          outputs.emplace_back(bytes.begin(), bytes.end());
        }
      }
      return golden;
    } catch (const Error&) {
      if (attempt + 1 == kAttempts) throw;
    }
  }
}

}  // namespace stapes::codegen
