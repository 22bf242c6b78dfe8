#include "toolkit/finetuning/integer_pass.h"

#include <cstring>
#include <map>

namespace stapes::finetuning {
namespace {

// For each tensor of the float graph, the int8 tensor that stands for it.
std::vector<int32_t> int8_forms(const graph::Graph& float_graph,
                                const quantization::QuantizedGraph& quantized) {
  const graph::Graph& graph = quantized.graph;
  const auto is_int8 = [&](int32_t tensor) {
    return graph.tensors[static_cast<size_t>(tensor)].type == TensorType::kInt8;
  };
  std::vector<int32_t> result(float_graph.tensors.size(), -1);
  std::map<int32_t, int32_t> source_of;  // float tensor of the int8 graph -> of the float graph
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    source_of[graph.inputs[i]] = float_graph.inputs[i];
  }
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    const graph::Operator& op = graph.operators[i];
    if (quantized.source_operators[i] < 0) {
      const auto source = source_of.find(op.inputs[0]);
      if (source != source_of.end() && is_int8(op.outputs[0])) {
        result[static_cast<size_t>(source->second)] = op.outputs[0];
      }
      continue;
    }
    const graph::Operator& original =
        float_graph.operators[static_cast<size_t>(quantized.source_operators[i])];
    for (size_t k = 0; k < op.outputs.size(); ++k) {
      if (is_int8(op.outputs[k])) {
        result[static_cast<size_t>(original.outputs[k])] = op.outputs[k];
      } else {
        source_of[op.outputs[k]] = original.outputs[k];
      }
    }
  }
  return result;
}

}  // namespace

IntegerPass::IntegerPass(const graph::Graph& float_graph,
                         const quantization::QuantizedGraph& quantized)
    : graph_(quantized.graph),
      int8_form_(int8_forms(float_graph, quantized)),
      executor_(quantized.graph, graph::Executor::Keep::kAllTensors),
      stored_(float_graph.tensors.size()) {
  for (size_t t = 0; t < stored_.size(); ++t) {
    if (int8_form_[t] < 0) continue;
    const graph::Quantization& q = graph_.tensors[static_cast<size_t>(int8_form_[t])].quantization;
    stored_[t].affine = {q.scale.at(0), static_cast<int32_t>(q.zero_point.at(0))};
  }
}

void IntegerPass::run(std::span<const float> features, size_t count) {
  const size_t each = features.size() / count;
  for (size_t n = 0; n < count; ++n) {
    executor_.reset();
    executor_.set_input(0, features.subspan(n * each, each));
    executor_.invoke();
    for (size_t t = 0; t < stored_.size(); ++t) {
      if (int8_form_[t] < 0) continue;
      const std::span<const uint8_t> bytes = executor_.tensor(int8_form_[t]);
      std::vector<int8_t>& values = stored_[t].values;
      values.resize(count * bytes.size());
      std::memcpy(values.data() + n * bytes.size(), bytes.data(), bytes.size());
    }
  }
}

}  // namespace stapes::finetuning
