#include <algorithm>
#include <cmath>
#include <map>

#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"
#include "toolkit/quantization/constants.h"
#include "toolkit/quantization/graph_links.h"
#include "toolkit/quantization/layer_norm.h"

namespace stapes::quantization {
namespace {

// Replaces the operators of layer normalizations in a copy of a graph. Tensors that nothing reads
// any longer stay behind; the quantizer leaves them out.
class Rewriter {
 public:
  Rewriter(const graph::Graph& graph, LayerNormForm form) : source_(graph), form_(form) {
    result_.graph = graph;
    result_.graph.operators.clear();
  }

  LayerNormResult run(const std::vector<LayerNorm>& layer_norms) {
    result_.layer_norms = layer_norms.size();
    std::map<size_t, const LayerNorm*> at_last_operator;
    std::vector<bool> replaced(source_.operators.size(), false);
    for (const LayerNorm& found : layer_norms) {
      at_last_operator[found.operators.back()] = &found;
      for (const size_t i : found.operators) replaced[i] = true;
    }
    operators_ = source_.operators;
    for (size_t i = 0; i < source_.operators.size(); ++i) {
      if (const auto found = at_last_operator.find(i); found != at_last_operator.end()) {
        add(*found->second);
      } else if (!replaced[i]) {
        append(operators_[i], false);
      }
    }
    return std::move(result_);
  }

 private:
  void append(graph::Operator op, bool is_float) {
    result_.graph.operators.push_back(std::move(op));
    result_.float_operators.push_back(is_float);
  }

  int32_t new_tensor(const std::vector<int32_t>& shape, const char* suffix) {
    graph::Tensor tensor;
    tensor.name = name_ + suffix;
    tensor.shape = shape;
    return result_.graph.add_tensor(std::move(tensor));
  }
  int32_t constant(std::vector<int32_t> shape, const std::vector<float>& values,
                   const char* suffix) {
    return result_.graph.add_tensor(float_constant(name_ + suffix, std::move(shape), values));
  }

  // Appends an operator without options of its own; returns its output.
  int32_t compute(OperatorCode code, std::vector<int32_t> inputs, int32_t output) {
    graph::Operator op;
    op.code = code;
    op.inputs = std::move(inputs);
    op.outputs = {output};
    op.options.keep_dimensions = true;  // read by MEAN only
    append(std::move(op), form_ == LayerNormForm::kFloat);
    return output;
  }

  void add(const LayerNorm& found) {
    const graph::Tensor y = source_.tensors[static_cast<size_t>(found.output)];
    name_ = y.name;
    shape_ = y.shape;
    row_shape_ = y.shape;
    row_shape_.back() = 1;
    axis_ = result_.graph.add_tensor(
        int32_constant(name_ + "/axis", {static_cast<int32_t>(y.shape.size()) - 1}));
    int32_t x = found.input;
    if (source_.tensors[static_cast<size_t>(x)].shape != shape_) x = reshape(x);
    const int32_t mean = compute(OperatorCode::kMean, {x, axis_}, new_tensor(row_shape_, "/mean"));
    const int32_t centred = compute(OperatorCode::kSub, {x, mean}, new_tensor(shape_, "/centred"));
    if (form_ == LayerNormForm::kFloat) {
      add_float(found, centred);
    } else {
      add_l2(found, centred);
    }
  }

  int32_t reshape(int32_t x) {
    // Moves no values, so it may as well happen in int8, before the float island.
    const int32_t wanted = result_.graph.add_tensor(int32_constant(name_ + "/shape", shape_));
    graph::Operator op;
    op.code = OperatorCode::kReshape;
    op.inputs = {x, wanted};
    op.outputs = {new_tensor(shape_, "/input")};
    const int32_t output = op.outputs[0];
    append(std::move(op), false);
    return output;
  }

  void add_float(const LayerNorm& found, int32_t centred) {
    const int32_t squares =
        compute(OperatorCode::kMul, {centred, centred}, new_tensor(shape_, "/squares"));
    const int32_t variance =
        compute(OperatorCode::kMean, {squares, axis_}, new_tensor(row_shape_, "/variance"));
    const int32_t stabilized =
        compute(OperatorCode::kAdd, {variance, constant({}, {found.epsilon}, "/epsilon")},
                new_tensor(row_shape_, "/stabilized"));
    const int32_t reciprocal =
        compute(OperatorCode::kRsqrt, {stabilized}, new_tensor(row_shape_, "/rsqrt"));
    const int32_t normalized =
        compute(OperatorCode::kMul, {centred, reciprocal}, new_tensor(shape_, "/normalized"));
    scale_and_shift(normalized, found.gamma, found);
  }

  // x - mean over its length is LN(x) / sqrt(n), without epsilon.
  void add_l2(const LayerNorm& found, int32_t centred) {
    std::vector<float> gamma = found.gamma;
    for (float& value : gamma) value *= std::sqrt(static_cast<float>(gamma.size()));
    if (fold(found, gamma)) {
      compute(OperatorCode::kL2Normalization, {centred}, found.output);
      return;
    }
    scale_and_shift(
        compute(OperatorCode::kL2Normalization, {centred}, new_tensor(shape_, "/normalized")),
        gamma, found);
  }

  void scale_and_shift(int32_t normalized, const std::vector<float>& gamma,
                       const LayerNorm& found) {
    const std::vector<int32_t> width = {static_cast<int32_t>(gamma.size())};
    const int32_t scaled =
        compute(OperatorCode::kMul, {normalized, constant(width, gamma, "/gamma")},
                new_tensor(shape_, "/scaled"));
    compute(OperatorCode::kAdd, {scaled, constant(width, found.beta, "/beta")}, found.output);
  }

  // Puts gamma and beta into the weights and bias of the linear layer that is the only reader of
  // the layer normalization, also behind operators that keep the order of the last axis.
  bool fold(const LayerNorm& found, const std::vector<float>& gamma) {
    const GraphLinks links(source_);
    const auto width = static_cast<int32_t>(gamma.size());
    for (int32_t t = found.output;;) {
      const std::vector<size_t>& readers = links.consumers[static_cast<size_t>(t)];
      if (readers.size() != 1 || links.is_output[static_cast<size_t>(t)]) return false;
      graph::Operator& reader = operators_[readers.front()];
      if (reader.inputs.front() != t) return false;
      switch (reader.code) {
        case OperatorCode::kReshape:
        case OperatorCode::kStridedSlice: {
          const std::vector<int32_t>& shape =
              source_.tensors[static_cast<size_t>(reader.outputs.at(0))].shape;
          const bool keeps_rows = reader.code == OperatorCode::kReshape
                                      ? !shape.empty() && shape.back() % width == 0
                                      : !shape.empty() && shape.back() == width;
          if (!keeps_rows) return false;
          t = reader.outputs[0];
          break;
        }
        case OperatorCode::kFullyConnected:
          return fold_into(reader, 1, 2, gamma, found.beta);
        case OperatorCode::kUnidirectionalSequenceLstm:
          // Its bias comes after a normalization of its own: beta has no place there.
          if (reader.inputs.size() > graph::lstm::kLayerNorm &&
              reader.inputs[graph::lstm::kLayerNorm] >= 0) {
            return false;
          }
          for (size_t gate = 0; gate < 4; ++gate) {
            if (!fold_into(reader, graph::lstm::kInputWeights + gate, graph::lstm::kBias + gate,
                           gamma, found.beta)) {
              return false;
            }
          }
          return true;
        default:
          return false;
      }
    }
  }

  // W (gamma * n + beta) + b = (W diag(gamma)) n + (W beta + b)
  bool fold_into(graph::Operator& op, size_t weights, size_t bias, const std::vector<float>& gamma,
                 const std::vector<float>& beta) {
    const graph::Tensor& old_weights =
        result_.graph.tensors[static_cast<size_t>(op.inputs[weights])];
    if (!old_weights.is_constant() || old_weights.shape.size() != 2) return false;
    const auto rows = static_cast<size_t>(old_weights.shape[0]);
    const auto columns = static_cast<size_t>(old_weights.shape[1]);
    std::vector<float> w = float_values(old_weights);
    op.inputs.resize(std::max(op.inputs.size(), bias + 1), -1);
    std::vector<float> b(rows, 0.0F);
    if (op.inputs[bias] >= 0) {
      b = float_values(result_.graph.tensors[static_cast<size_t>(op.inputs[bias])]);
    }
    for (size_t row = 0; row < rows; ++row) {
      double sum = static_cast<double>(b[row]);
      for (size_t i = 0; i < columns; ++i) {
        sum +=
            static_cast<double>(w[row * columns + i]) * static_cast<double>(beta[i % beta.size()]);
        w[row * columns + i] *= gamma[i % gamma.size()];
      }
      b[row] = static_cast<float>(sum);
    }
    const std::string name = old_weights.name;
    const std::vector<int32_t> shape = old_weights.shape;
    op.inputs[weights] = result_.graph.add_tensor(float_constant(name, shape, w));
    op.inputs[bias] =
        result_.graph.add_tensor(float_constant(name + "/bias", {static_cast<int32_t>(rows)}, b));
    return true;
  }

  const graph::Graph& source_;
  LayerNormForm form_;
  std::vector<graph::Operator> operators_;  // the source's, with folded weights
  LayerNormResult result_;
  std::string name_;
  std::vector<int32_t> shape_;
  std::vector<int32_t> row_shape_;
  int32_t axis_ = -1;
};

}  // namespace

LayerNormForm layer_norm_form_of(const std::string& name) {
  if (name == "decomposed") return LayerNormForm::kDecomposed;
  if (name == "l2") return LayerNormForm::kL2;
  if (name == "float") return LayerNormForm::kFloat;
  throw Error("unknown layer normalization form", name,
              suggestion(name, {"decomposed", "l2", "float"}));
}

const char* name_of(LayerNormForm form) {
  switch (form) {
    case LayerNormForm::kDecomposed:
      return "decomposed";
    case LayerNormForm::kL2:
      return "l2";
    case LayerNormForm::kFloat:
      return "float";
  }
  return "";
}

LayerNormResult apply_layer_norm_form(const graph::Graph& graph, LayerNormForm form) {
  const std::vector<LayerNorm> found = find_layer_norms(graph);
  if (form == LayerNormForm::kDecomposed || found.empty()) {
    return {graph, std::vector<bool>(graph.operators.size(), false), found.size()};
  }
  return Rewriter(graph, form).run(found);
}

}  // namespace stapes::quantization
