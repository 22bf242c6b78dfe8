#include "toolkit/quantization/operator_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "toolkit/base/error.h"

namespace stapes::quantization {
namespace {

using Output = OperatorRule::Output;

OperatorRule copies_its_input() {
  OperatorRule rule;
  rule.output = Output::kSame;
  rule.data = {0};
  return rule;
}

OperatorRule computes(std::vector<size_t> data, int32_t version = 2) {
  OperatorRule rule;
  rule.data = std::move(data);
  rule.version = version;
  return rule;
}

OperatorRule fixed_output(Affine affine) {
  OperatorRule rule = computes({0});
  rule.output = Output::kFixed;
  rule.fixed = affine;
  return rule;
}

OperatorRule weighted(int32_t weight_dimension, int32_t version) {
  OperatorRule rule = computes({0}, version);
  rule.weights = 1;
  rule.weight_dimension = weight_dimension;
  rule.bias = 2;
  return rule;
}

OperatorRule with_version(OperatorRule rule, int32_t version) {
  rule.version = version;
  return rule;
}

OperatorRule joins_its_inputs() {
  OperatorRule rule;
  rule.output = Output::kSame;
  rule.all_inputs_are_data = true;
  rule.version = 2;
  return rule;
}

OperatorRule reads_a_shape() {
  OperatorRule rule;
  rule.output = Output::kNone;
  rule.data = {0};
  return rule;
}

bool present(const graph::Operator& op, size_t input) {
  return input < op.inputs.size() && op.inputs[input] >= 0;
}

std::string lstm_fault(const graph::Operator& op) {
  if (op.inputs.size() < 20) return "it has fewer than 20 inputs";
  if (!present(op, graph::lstm::kInputWeights) || !present(op, graph::lstm::kRecurrentWeights)) {
    return "it has no input gate (coupled input and forget gates)";
  }
  for (size_t i = 0; i < 3; ++i) {
    if (present(op, graph::lstm::kPeephole + i)) return "it has peephole connections";
  }
  if (present(op, graph::lstm::kProjection)) return "it has a projection";
  for (size_t i = 0; i < 4; ++i) {
    if (present(op, graph::lstm::kLayerNorm + i) != present(op, graph::lstm::kLayerNorm)) {
      return "it normalizes some of its gates";
    }
    if (!present(op, graph::lstm::kBias + i)) return "a bias is missing";
  }
  return "";
}

std::string fault_of(const graph::Graph& graph, const graph::Operator& op) {
  const std::optional<OperatorRule> rule = rule_for(op);
  if (!rule) return "it has no int8 form here";
  if (op.code == OperatorCode::kUnidirectionalSequenceLstm) return lstm_fault(op);
  for (const std::optional<size_t>& input : {rule->weights, rule->bias}) {
    if (input && present(op, *input) &&
        !graph.tensors[static_cast<size_t>(op.inputs[*input])].is_constant()) {
      return *input == rule->weights ? "its weights are computed, not constant"
                                     : "its bias is computed, not constant";
    }
  }
  return "";
}

bool touches_floats(const graph::Graph& graph, const graph::Operator& op) {
  const auto is_float = [&](int32_t index) {
    return index >= 0 && graph.tensors[static_cast<size_t>(index)].type == TensorType::kFloat32;
  };
  return std::any_of(op.inputs.begin(), op.inputs.end(), is_float) ||
         std::any_of(op.outputs.begin(), op.outputs.end(), is_float);
}

}  // namespace

std::optional<OperatorRule> rule_for(const graph::Operator& op) {
  switch (op.code) {
    case OperatorCode::kConv2D:
      return weighted(0, 3);
    case OperatorCode::kDepthwiseConv2D:
      return weighted(3, 3);
    case OperatorCode::kFullyConnected:
      return weighted(-1, op.options.keep_dimensions ? 5 : 4);
    case OperatorCode::kUnidirectionalSequenceLstm:
      return computes({graph::lstm::kInput}, 1);
    case OperatorCode::kAdd:
    case OperatorCode::kSub:
    case OperatorCode::kMul:
    case OperatorCode::kSquaredDifference:
      return computes({0, 1});
    case OperatorCode::kMean:
    case OperatorCode::kSum:
    case OperatorCode::kRsqrt:
    case OperatorCode::kRelu:
    case OperatorCode::kRelu6:
      return computes({0});
    case OperatorCode::kSoftmax:
    case OperatorCode::kLogistic:
      return fixed_output({1.0F / 256.0F, -128});
    case OperatorCode::kTanh:
    case OperatorCode::kL2Normalization:
      return fixed_output({1.0F / 128.0F, 0});
    case OperatorCode::kReshape:
    case OperatorCode::kSqueeze:
    case OperatorCode::kExpandDims:
      return copies_its_input();
    case OperatorCode::kTranspose:
    case OperatorCode::kStridedSlice:
    case OperatorCode::kPad:
    case OperatorCode::kAveragePool2D:
    case OperatorCode::kMaxPool2D:
      return with_version(copies_its_input(), 2);
    case OperatorCode::kSplit: {
      OperatorRule rule = with_version(copies_its_input(), 2);
      rule.data = {1};  // input 0 is the axis
      return rule;
    }
    case OperatorCode::kConcatenation:
    case OperatorCode::kPack:
      return joins_its_inputs();
    case OperatorCode::kShape:
      return reads_a_shape();
    default:
      return std::nullopt;
  }
}

bool is_data_input(const OperatorRule& rule, size_t position) {
  return rule.all_inputs_are_data ||
         std::find(rule.data.begin(), rule.data.end(), position) != rule.data.end();
}

std::string describe(const graph::Graph& graph, size_t operator_index) {
  return fmt::format("operator {} ({})", operator_index, graph.operators[operator_index].name());
}

void check_quantizable(const graph::Graph& graph, const std::vector<bool>& float_operators) {
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    if (float_operators[i] || !touches_floats(graph, graph.operators[i])) continue;
    const std::string fault = fault_of(graph, graph.operators[i]);
    if (!fault.empty()) {
      throw Error("cannot quantize", describe(graph, i), fault,
                  "replace it in the model, or run the model in float");
    }
  }
}

}  // namespace stapes::quantization
