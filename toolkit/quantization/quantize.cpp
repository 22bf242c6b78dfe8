#include "toolkit/quantization/quantize.h"

#include <algorithm>
#include <map>
#include <optional>

#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"
#include "toolkit/quantization/activation_scales.h"
#include "toolkit/quantization/constants.h"
#include "toolkit/quantization/operator_rules.h"

namespace stapes::quantization {
namespace {

// Builds the int8 graph operator by operator. Every float activation has up to two forms in it,
// int8 and float32; the form that an operator asks for is made from the other one where it does not
// exist yet, by a QUANTIZE or DEQUANTIZE.
class Quantizer {
 public:
  Quantizer(const graph::Graph& source, const Ranges& ranges, const QuantizeOptions& options)
      : source_(source), ranges_(ranges), options_(options) {
    options_.float_operators.resize(source.operators.size(), false);
    check_quantizable(source_, options_.float_operators);
    check_lstm_numbers();
    scales_ = activation_scales(source_, ranges_, options_.float_operators);
  }

  QuantizedGraph run() {
    result_.graph.description = source_.description;
    result_.graph.metadata = source_.metadata;
    add_model_inputs();
    for (size_t i = 0; i < source_.operators.size(); ++i) {
      index_ = static_cast<int32_t>(i);
      add_operator(i);
    }
    index_ = -1;
    add_model_outputs();
    return std::move(result_);
  }

 private:
  const graph::Tensor& source_tensor(int32_t index) const {
    return source_.tensors[static_cast<size_t>(index)];
  }
  bool is_float(int32_t index) const { return source_tensor(index).type == TensorType::kFloat32; }

  void check_lstm_numbers() const {
    for (size_t i = 0; i < source_.operators.size(); ++i) {
      if (options_.lstm.is_standard() || options_.float_operators[i]) continue;
      if (!source_.operators[i].is_lstm() || !normalizes_gates(source_.operators[i])) continue;
      throw Error("cannot quantize", describe(source_, i),
                  "a layer-normalized LSTM has only an int8 state and one scale per weight tensor",
                  "leave out --lstm-state and --lstm-weights");
    }
  }

  void add_model_inputs() {
    for (const int32_t input : source_.inputs) {
      const bool as_int8 = options_.int8_io && scales_[static_cast<size_t>(input)].has_value();
      const int32_t index = as_int8 ? new_int8(input, *scales_[static_cast<size_t>(input)])
                                    : result_.graph.add_tensor(source_tensor(input));
      (as_int8 ? int8_ : plain_)[input] = index;
      result_.graph.inputs.push_back(index);
    }
  }

  void add_model_outputs() {
    for (const int32_t output : source_.outputs) {
      const bool as_int8 = options_.int8_io && int8_.contains(output);
      result_.graph.outputs.push_back(as_int8 ? int8_[output] : plain(output));
    }
  }

  void append(graph::Operator op, int32_t source_operator) {
    result_.graph.operators.push_back(std::move(op));
    result_.source_operators.push_back(source_operator);
  }

  void append_conversion(OperatorCode code, int32_t version, int32_t from, int32_t to) {
    graph::Operator op;
    op.code = code;
    op.version = version;
    op.inputs = {from};
    op.outputs = {to};
    append(std::move(op), -1);
  }

  int32_t new_int8(int32_t tensor, Affine affine) {
    graph::Tensor copy = source_tensor(tensor);
    copy.type = TensorType::kInt8;
    copy.data.clear();
    copy.quantization = {{affine.scale}, {affine.zero_point}, 0};
    return result_.graph.add_tensor(std::move(copy));
  }

  // The tensor as it is in the float graph: float activations, constants, shapes.
  int32_t plain(int32_t tensor) {
    if (tensor < 0) return tensor;
    if (const auto found = plain_.find(tensor); found != plain_.end()) return found->second;
    const int32_t index = result_.graph.add_tensor(source_tensor(tensor));
    if (const auto found = int8_.find(tensor); found != int8_.end()) {
      append_conversion(OperatorCode::kDequantize, 2, found->second, index);
    }
    plain_[tensor] = index;
    return index;
  }

  // The int8 form of a data input with the given parameters.
  int32_t int8_input(int32_t tensor, Affine wanted) {
    if (source_tensor(tensor).is_constant()) {
      return result_.graph.add_tensor(quantize_operand(source_tensor(tensor), wanted));
    }
    const int32_t index = int8_activation(tensor);
    if (*scales_[static_cast<size_t>(tensor)] == wanted) return index;
    const int32_t requantized = new_int8(tensor, wanted);
    append_conversion(OperatorCode::kQuantize, 2, index, requantized);
    return requantized;
  }

  int32_t int8_activation(int32_t tensor) {
    if (const auto found = int8_.find(tensor); found != int8_.end()) return found->second;
    const int32_t from = plain(tensor);
    const int32_t index = new_int8(tensor, *scales_[static_cast<size_t>(tensor)]);
    append_conversion(OperatorCode::kQuantize, 1, from, index);
    int8_[tensor] = index;
    return index;
  }

  Affine scale_of_data(int32_t tensor) const {
    if (source_tensor(tensor).is_constant()) {
      return nudged_affine(range_of(float_values(source_tensor(tensor))));
    }
    return *scales_[static_cast<size_t>(tensor)];
  }

  void add_operator(size_t index) {
    const graph::Operator& op = source_.operators[index];
    const std::optional<OperatorRule> rule = rule_for(op);
    if (options_.float_operators[index] || !rule || !touches_float_activations(op)) {
      add_plain(op);
    } else if (op.code == OperatorCode::kUnidirectionalSequenceLstm) {
      add_lstm(op, index);
    } else {
      add_int8(op, *rule);
    }
  }

  bool touches_float_activations(const graph::Operator& op) const {
    const auto touches = [&](int32_t t) {
      return t >= 0 && is_float(t) && !source_tensor(t).is_constant();
    };
    return std::any_of(op.inputs.begin(), op.inputs.end(), touches) ||
           std::any_of(op.outputs.begin(), op.outputs.end(), touches);
  }

  // Unchanged: a float operator, or one that computes shapes.
  void add_plain(const graph::Operator& op) {
    graph::Operator copy = op;
    for (int32_t& input : copy.inputs) input = plain(input);
    for (int32_t& output : copy.outputs)
      output = plain_[output] = result_.graph.add_tensor(source_tensor(output));
    append(std::move(copy), index_);
  }

  int32_t new_output(int32_t output) {
    const std::optional<Affine>& scale = scales_[static_cast<size_t>(output)];
    if (!is_float(output) || !scale) {
      return plain_[output] = result_.graph.add_tensor(source_tensor(output));
    }
    return int8_[output] = new_int8(output, *scale);
  }

  void add_int8(const graph::Operator& op, const OperatorRule& rule) {
    graph::Operator copy = op;
    copy.version = rule.version;
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      if (op.inputs[i] < 0 || rule.weights == i || rule.bias == i) continue;
      copy.inputs[i] = is_data_input(rule, i) && is_float(op.inputs[i])
                           ? int8_input(op.inputs[i], wanted_scale(op, rule, i))
                           : plain(op.inputs[i]);
    }
    if (rule.weights) add_weights(op, rule, copy);
    for (int32_t& output : copy.outputs) output = new_output(output);
    append(std::move(copy), index_);
  }

  Affine wanted_scale(const graph::Operator& op, const OperatorRule& rule, size_t input) const {
    if (rule.output == OperatorRule::Output::kSame) {
      return *scales_[static_cast<size_t>(op.outputs.at(0))];
    }
    return scale_of_data(op.inputs[input]);
  }

  int32_t weight_dimension(const OperatorRule& rule) const {
    if (options_.weight_scales == WeightScales::kTensor) return kPerTensor;
    if (options_.weight_scales == WeightScales::kRow) return std::max(rule.weight_dimension, 0);
    return rule.weight_dimension;
  }

  void add_weights(const graph::Operator& op, const OperatorRule& rule, graph::Operator& copy) {
    const float input_scale = scale_of_data(op.inputs[0]).scale;
    const bool has_bias = *rule.bias < op.inputs.size() && op.inputs[*rule.bias] >= 0;
    const graph::Tensor* bias = has_bias ? &source_tensor(op.inputs[*rule.bias]) : nullptr;
    if (op.code == OperatorCode::kFullyConnected && options_.weight_scales == WeightScales::kRow) {
      copy.version = 12;  // the first with a scale per row
    }
    copy.inputs[*rule.weights] =
        add_weight_and_bias(source_tensor(op.inputs[*rule.weights]), weight_dimension(rule), bias,
                            input_scale, has_bias ? &copy.inputs[*rule.bias] : nullptr);
  }

  // Adds int8 weights and, where there is one, the int32 bias, whose index goes to *bias_index.
  int32_t add_weight_and_bias(const graph::Tensor& weights, int32_t dimension,
                              const graph::Tensor* bias, float input_scale, int32_t* bias_index) {
    graph::Tensor stored = quantize_weights(weights, dimension, bias, input_scale);
    const graph::Quantization quantization = stored.quantization;
    const int32_t index = result_.graph.add_tensor(std::move(stored));
    if (bias != nullptr) {
      *bias_index = result_.graph.add_tensor(quantize_bias(*bias, quantization, input_scale));
    }
    return index;
  }

  void add_lstm(const graph::Operator& op, size_t index) {
    graph::Operator copy = op;
    copy.version = 1;
    copy.inputs.resize(graph::lstm::kInputs, -1);
    const LstmNumbers& numbers = options_.lstm;
    if (!numbers.is_standard()) copy.code = OperatorCode::kExtendedLstm;
    const int32_t dimension = numbers.row_scales ? 0 : kPerTensor;
    const Affine input = scale_of_data(op.inputs[graph::lstm::kInput]);
    const Affine output = *scales_[static_cast<size_t>(op.outputs.at(0))];
    // What tanh and a gate give lies between -1 and 1.
    const Affine hidden = numbers.int16_state ? Affine{1.0F / 32768, 0} : output;
    copy.inputs[graph::lstm::kInput] = int8_input(op.inputs[graph::lstm::kInput], input);
    for (size_t gate = 0; gate < 4; ++gate) {
      const size_t weights = graph::lstm::kInputWeights + gate;
      const size_t recurrent = graph::lstm::kRecurrentWeights + gate;
      const size_t bias = graph::lstm::kBias + gate;
      // The bias goes with the input's product: its scale is s_input * s_W(input -> gate).
      const graph::Tensor* added = normalizes_gates(op) ? nullptr : &source_tensor(op.inputs[bias]);
      copy.inputs[weights] = add_weight_and_bias(source_tensor(op.inputs[weights]), dimension,
                                                 added, input.scale, &copy.inputs[bias]);
      copy.inputs[recurrent] = add_weight_and_bias(source_tensor(op.inputs[recurrent]), dimension,
                                                   nullptr, hidden.scale, nullptr);
    }
    copy.inputs[graph::lstm::kHiddenState] =
        add_state(op.inputs[graph::lstm::kHiddenState],
                  numbers.int16_state ? TensorType::kInt16 : TensorType::kInt8, hidden);
    float cell_scale = cell_state_scale(ranges_.cell_magnitude.at(index));
    copy.intermediates.clear();
    if (normalizes_gates(op)) {
      cell_scale = std::max(cell_scale, 1.0F / 32768);  // the least that the kernel can squash
      for (size_t gate = 0; gate < 4; ++gate) {
        add_gate_norm(op, gate, ranges_.gate_magnitudes.at(index)[gate], copy);
      }
    } else if (numbers.is_standard()) {
      for (int i = 0; i < 4; ++i) copy.intermediates.push_back(add_intermediate(i));
    }
    if (numbers.is_standard()) {
      copy.intermediates.push_back(add_intermediate(4, TensorType::kInt8, hidden));
    }
    copy.inputs[graph::lstm::kCellState] =
        add_state(op.inputs[graph::lstm::kCellState], TensorType::kInt16, {cell_scale, 0});
    for (int32_t& made : copy.outputs) made = new_output(made);
    append(std::move(copy), index_);
  }

  int32_t add_state(int32_t tensor, TensorType type, Affine affine) {
    graph::Tensor state = source_tensor(tensor);
    state.type = type;
    state.quantization = {{affine.scale}, {affine.zero_point}, 0};
    return result_.graph.add_tensor(std::move(state));
  }

  static bool normalizes_gates(const graph::Operator& op) {
    return op.inputs.size() > graph::lstm::kLayerNorm && op.inputs[graph::lstm::kLayerNorm] >= 0;
  }

  // What one gate's normalization needs: the scale of the sums that go into it, its coefficients,
  // and its bias in their scale times 2^-10.
  void add_gate_norm(const graph::Operator& op, size_t gate, float magnitude,
                     graph::Operator& copy) {
    const float sums_scale = std::max(magnitude, 1e-6F) / 32767;
    copy.intermediates.push_back(
        add_intermediate(static_cast<int>(gate), TensorType::kInt16, {sums_scale, 0}));
    graph::Tensor coefficients =
        quantize_coefficients(source_tensor(op.inputs[graph::lstm::kLayerNorm + gate]));
    graph::Quantization scale = coefficients.quantization;
    copy.inputs[graph::lstm::kBias + gate] = result_.graph.add_tensor(
        quantize_bias(source_tensor(op.inputs[graph::lstm::kBias + gate]), scale, 1.0F / 1024));
    copy.inputs[graph::lstm::kLayerNorm + gate] = result_.graph.add_tensor(std::move(coefficients));
  }

  // LiteRT wants five intermediates to exist. The last one has the scale of the hidden state, the
  // others, where gates are normalized, those of the gates' sums.
  int32_t add_intermediate(int number, TensorType type = TensorType::kFloat32, Affine affine = {}) {
    graph::Tensor tensor;
    tensor.name = "lstm_intermediate_" + std::to_string(number);
    tensor.shape = {0};
    if (type != TensorType::kFloat32) {
      tensor.type = type;
      tensor.quantization = {{affine.scale}, {affine.zero_point}, 0};
    }
    return result_.graph.add_tensor(std::move(tensor));
  }

  const graph::Graph& source_;
  const Ranges& ranges_;
  QuantizeOptions options_;
  std::vector<std::optional<Affine>> scales_;
  std::map<int32_t, int32_t> int8_;   // source tensor -> its int8 form
  std::map<int32_t, int32_t> plain_;  // source tensor -> its unchanged form
  int32_t index_ = -1;                // the source operator that is being added
  QuantizedGraph result_;
};

}  // namespace

WeightScales weight_scales_of(const std::string& name) {
  if (name == "standard") return WeightScales::kStandard;
  if (name == "tensor") return WeightScales::kTensor;
  if (name == "row") return WeightScales::kRow;
  throw Error("unknown scales of weights", name, suggestion(name, {"standard", "tensor", "row"}));
}

LstmNumbers lstm_numbers_of(const std::string& state, const std::string& weights) {
  if (state != "int8" && state != "int16") {
    throw Error("unknown state of LSTMs", state, suggestion(state, {"int8", "int16"}));
  }
  if (weights != "tensor" && weights != "row") {
    throw Error("unknown scales of LSTM weights", weights, suggestion(weights, {"tensor", "row"}));
  }
  return {state == "int16", weights == "row"};
}

QuantizedGraph quantize(const graph::Graph& float_graph, const Ranges& ranges,
                        const QuantizeOptions& options) {
  return Quantizer(float_graph, ranges, options).run();
}

}  // namespace stapes::quantization
