#include "toolkit/finetuning/student.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "toolkit/base/error.h"
#include "toolkit/quantization/activation_scales.h"
#include "toolkit/quantization/constants.h"
#include "toolkit/quantization/operator_rules.h"

namespace stapes::finetuning {
namespace {

using Entry = training::ParameterLayout::Entry;
using quantization::OperatorRule;

bool carries_over(const graph::Operator& op) {
  const std::optional<OperatorRule> rule = quantization::rule_for(op);
  return rule && rule->output == OperatorRule::Output::kSame && rule->data.size() == 1;
}

bool is_fixed(const graph::Operator& op) {
  const std::optional<OperatorRule> rule = quantization::rule_for(op);
  return rule && rule->output == OperatorRule::Output::kFixed;
}

}  // namespace

Student::Student(graph::Graph graph, quantization::QuantizeOptions options,
                 quantization::Ranges ranges, float range_speed)
    : graph_(std::move(graph)),
      options_(std::move(options)),
      calibrated_(std::move(ranges)),
      range_speed_(range_speed),
      layout_(network::Network{}) {
  if (graph_.operators.empty() || graph_.operators.back().code != OperatorCode::kSoftmax) {
    throw Error("cannot fine-tune", graph_.description, "its last operator is not a SOFTMAX",
                "use a model that ends with one");
  }
  options_.float_operators.resize(graph_.operators.size(), false);
  network::Node all;
  find_weights(all.parameters);
  find_ranges();
  network::Parameter of_ranges;
  of_ranges.name = "ranges";
  of_ranges.shape = {static_cast<int64_t>(initial_ranges_.size()), 2};
  all.parameters.push_back(of_ranges);
  network::Network network;  // the layout wants to know nothing of it but its parameters
  network.nodes.push_back(std::move(all));
  layout_ = training::ParameterLayout(network);
}

// Constants of more than one value that enter the arithmetic; a lone value is an epsilon.
void Student::find_weights(std::vector<network::Parameter>& parameters) {
  weights_.assign(graph_.tensors.size(), -1);
  for (const graph::Operator& op : graph_.operators) {
    for (const int32_t input : op.inputs) {
      if (input < 0 || weights_[static_cast<size_t>(input)] >= 0) continue;
      const graph::Tensor& tensor = graph_.tensors[static_cast<size_t>(input)];
      if (!tensor.is_constant() || tensor.type != TensorType::kFloat32 || tensor.elements() < 2) {
        continue;
      }
      weights_[static_cast<size_t>(input)] = static_cast<int32_t>(parameters.size());
      network::Parameter parameter;
      parameter.name = tensor.name;
      parameter.shape.assign(tensor.shape.begin(), tensor.shape.end());
      parameters.push_back(std::move(parameter));
    }
  }
}

// Every tensor that the int8 model stores has one, except those whose scale is fixed or is that of
// the operator's input.
void Student::find_ranges() {
  const std::vector<std::optional<quantization::Affine>> scales =
      quantization::activation_scales(graph_, calibrated_, options_.float_operators);
  std::vector<bool> free(graph_.tensors.size(), false);
  for (const int32_t input : graph_.inputs) free[static_cast<size_t>(input)] = true;
  for (size_t i = 0; i < graph_.operators.size(); ++i) {
    const graph::Operator& op = graph_.operators[i];
    if (!options_.float_operators[i] && (carries_over(op) || is_fixed(op))) continue;
    for (const int32_t output : op.outputs) free[static_cast<size_t>(output)] = true;
  }
  ranges_of_.assign(graph_.tensors.size(), -1);
  for (size_t t = 0; t < graph_.tensors.size(); ++t) {
    if (!free[t] || !scales[t] || !calibrated_.tensors[t]) continue;
    ranges_of_[t] = static_cast<int32_t>(initial_ranges_.size());
    initial_ranges_.push_back(
        quantization::merge(*calibrated_.tensors[t], quantization::ValueRange{}));
  }
}

int32_t Student::logits_tensor() const { return graph_.operators.back().inputs.at(0); }

quantization::ValueRange Student::range(std::span<const float> parameters, size_t which) const {
  const float* p = parameters.data() + first_range() + 2 * which;
  return {initial_ranges_[which].low * std::exp(range_speed_ * p[0]),
          initial_ranges_[which].high * std::exp(range_speed_ * p[1])};
}

std::vector<float> Student::initial_parameters() const {
  std::vector<float> parameters(layout_.size(), 0.0F);
  for (size_t t = 0; t < graph_.tensors.size(); ++t) {
    if (weights_[t] < 0) continue;
    const Entry& entry = layout_.entries()[static_cast<size_t>(weights_[t])];
    std::memcpy(parameters.data() + entry.offset, graph_.tensors[t].data.data(),
                entry.size * sizeof(float));
  }
  return parameters;
}

graph::Graph Student::float_graph(std::span<const float> parameters) const {
  graph::Graph result = graph_;
  for (size_t t = 0; t < graph_.tensors.size(); ++t) {
    if (weights_[t] < 0) continue;
    const Entry& entry = layout_.entries()[static_cast<size_t>(weights_[t])];
    std::memcpy(result.tensors[t].data.data(), parameters.data() + entry.offset,
                entry.size * sizeof(float));
  }
  return result;
}

quantization::Ranges Student::current_ranges(std::span<const float> parameters) const {
  quantization::Ranges ranges = calibrated_;
  for (size_t t = 0; t < graph_.tensors.size(); ++t) {
    if (ranges_of_[t] >= 0)
      ranges.tensors[t] = range(parameters, static_cast<size_t>(ranges_of_[t]));
  }
  // What is copied keeps the range of its source; otherwise the union of both would count.
  for (size_t i = 0; i < graph_.operators.size(); ++i) {
    const graph::Operator& op = graph_.operators[i];
    if (options_.float_operators[i] || !carries_over(op)) continue;
    const int32_t source = op.inputs[quantization::rule_for(op)->data.front()];
    for (const int32_t output : op.outputs) {
      ranges.tensors[static_cast<size_t>(output)] = ranges.tensors[static_cast<size_t>(source)];
    }
  }
  return ranges;
}

quantization::QuantizedGraph Student::quantized(std::span<const float> parameters) const {
  quantization::QuantizeOptions options = options_;
  options.int8_io = false;
  return quantization::quantize(float_graph(parameters), current_ranges(parameters), options);
}

quantization::QuantizedGraph Student::exported(std::span<const float> parameters) const {
  return quantization::quantize(float_graph(parameters), current_ranges(parameters), options_);
}

}  // namespace stapes::finetuning
