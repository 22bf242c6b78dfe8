#include "toolkit/quantization/activation_scales.h"

#include <numeric>

#include "toolkit/base/error.h"
#include "toolkit/quantization/operator_rules.h"

namespace stapes::quantization {
namespace {

// Disjoint sets of tensors that share their parameters.
class Groups {
 public:
  explicit Groups(size_t tensors) : parent_(tensors), fixed_(tensors) {
    std::iota(parent_.begin(), parent_.end(), size_t{0});
  }

  size_t find(size_t tensor) const {
    while (parent_[tensor] != tensor) tensor = parent_[tensor];
    return tensor;
  }
  void unite(size_t a, size_t b) {
    a = find(a);
    b = find(b);
    if (a == b) return;
    if (!fixed_[a]) fixed_[a] = fixed_[b];
    parent_[b] = a;
  }
  void fix(size_t tensor, Affine affine) { fixed_[find(tensor)] = affine; }
  const std::optional<Affine>& fixed(size_t tensor) const { return fixed_[find(tensor)]; }

 private:
  std::vector<size_t> parent_;
  std::vector<std::optional<Affine>> fixed_;
};

bool is_activation(const graph::Graph& graph, int32_t index) {
  if (index < 0) return false;
  const graph::Tensor& tensor = graph.tensors[static_cast<size_t>(index)];
  return tensor.type == TensorType::kFloat32 && !tensor.is_constant() && !tensor.is_variable;
}

// Data inputs and outputs of the operator that are float activations.
std::vector<size_t> data_activations(const graph::Graph& graph, const graph::Operator& op,
                                     const OperatorRule& rule) {
  std::vector<size_t> result;
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    if (is_data_input(rule, i) && is_activation(graph, op.inputs[i])) {
      result.push_back(static_cast<size_t>(op.inputs[i]));
    }
  }
  for (const int32_t output : op.outputs) {
    if (is_activation(graph, output)) result.push_back(static_cast<size_t>(output));
  }
  return result;
}

Groups group(const graph::Graph& graph, const std::vector<bool>& float_operators) {
  Groups groups(graph.tensors.size());
  // Copies and fixed outputs first, so that it is known which groups a join may not touch.
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    const std::optional<OperatorRule> rule = rule_for(graph.operators[i]);
    if (float_operators[i] || !rule) continue;
    const std::vector<size_t> tensors = data_activations(graph, graph.operators[i], *rule);
    if (rule->output == OperatorRule::Output::kFixed) {
      groups.fix(static_cast<size_t>(graph.operators[i].outputs.at(0)), rule->fixed);
    } else if (rule->output == OperatorRule::Output::kSame && !rule->all_inputs_are_data) {
      for (const size_t tensor : tensors) groups.unite(tensors.front(), tensor);
    }
  }
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    const std::optional<OperatorRule> rule = rule_for(graph.operators[i]);
    if (float_operators[i] || !rule || !rule->all_inputs_are_data) continue;
    const auto output = static_cast<size_t>(graph.operators[i].outputs.at(0));
    for (const size_t tensor : data_activations(graph, graph.operators[i], *rule)) {
      if (groups.fixed(tensor) == groups.fixed(output)) groups.unite(output, tensor);
    }
  }
  return groups;
}

std::vector<bool> touched_by_int8(const graph::Graph& graph,
                                  const std::vector<bool>& float_operators) {
  std::vector<bool> touched(graph.tensors.size(), false);
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    const std::optional<OperatorRule> rule = rule_for(graph.operators[i]);
    if (float_operators[i] || !rule) continue;
    for (const size_t tensor : data_activations(graph, graph.operators[i], *rule)) {
      touched[tensor] = true;
    }
  }
  return touched;
}

}  // namespace

std::vector<std::optional<Affine>> activation_scales(const graph::Graph& graph,
                                                     const Ranges& ranges,
                                                     const std::vector<bool>& float_operators) {
  const Groups groups = group(graph, float_operators);
  const std::vector<bool> touched = touched_by_int8(graph, float_operators);
  std::vector<std::optional<ValueRange>> range(graph.tensors.size());
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    if (!touched[t] || groups.fixed(t)) continue;
    if (t >= ranges.tensors.size() || !ranges.tensors[t]) {
      throw Error("cannot quantize",
                  "tensor " + std::to_string(t) + " (" + graph.tensors[t].name + ")",
                  "calibration did not observe it", "give representative inputs");
    }
    std::optional<ValueRange>& joint = range[groups.find(t)];
    joint = joint ? merge(*joint, *ranges.tensors[t]) : *ranges.tensors[t];
  }
  std::vector<std::optional<Affine>> result(graph.tensors.size());
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    if (!touched[t]) continue;
    result[t] = groups.fixed(t) ? *groups.fixed(t) : nudged_affine(*range[groups.find(t)]);
  }
  return result;
}

}  // namespace stapes::quantization
