#include "toolkit/graph/statistics.h"

namespace stapes::graph {
namespace {

const Tensor* operand(const Graph& graph, const std::vector<int32_t>& list, size_t i) {
  if (i >= list.size() || list[i] < 0) return nullptr;
  return &graph.tensors[static_cast<size_t>(list[i])];
}

int64_t dimension(const Tensor* tensor, size_t i) {
  return tensor != nullptr && i < tensor->shape.size() ? tensor->shape[i] : 0;
}

OperatorStatistics count(const Graph& graph, const Operator& op) {
  OperatorStatistics result;
  const Tensor* weights = operand(graph, op.inputs, 1);
  const Tensor* bias = operand(graph, op.inputs, 2);
  const Tensor* output = operand(graph, op.outputs, 0);
  const int64_t outputs = output == nullptr ? 0 : output->elements();
  const int64_t window = int64_t{op.options.filter_width} * op.options.filter_height;
  const auto products = [&](int64_t per_output) {
    result.macs = outputs * per_output;
    result.operations = 2 * result.macs + (bias == nullptr ? 0 : outputs);
  };
  switch (op.code) {
    case OperatorCode::kConv2D:
      products(dimension(weights, 1) * dimension(weights, 2) * dimension(weights, 3));
      break;
    case OperatorCode::kDepthwiseConv2D:
      products(dimension(weights, 1) * dimension(weights, 2));
      break;
    case OperatorCode::kFullyConnected:
      products(dimension(weights, 1));
      break;
    case OperatorCode::kUnidirectionalSequenceLstm:
    case OperatorCode::kExtendedLstm: {
      // Four gates, each [units] from [inputs] and [units], at every step of every sequence.
      const int64_t units = dimension(weights, 0);
      result.lstm_macs = outputs * 4 * (dimension(weights, 1) + units);
      break;
    }
    case OperatorCode::kMaxPool2D:
      result.operations = outputs * window;
      break;
    case OperatorCode::kAveragePool2D:
      result.operations = outputs * (window + 1);
      break;
    case OperatorCode::kAdd:
    case OperatorCode::kMul:
    case OperatorCode::kReshape:
      result.operations = outputs;
      break;
    case OperatorCode::kSoftmax:
    case OperatorCode::kDequantize:
      result.operations = 2 * outputs;
      break;
    case OperatorCode::kQuantize:
      result.operations = 4 * outputs;
      break;
    case OperatorCode::kPad:
      result.operations = 6 * outputs;
      break;
    default:
      break;
  }
  return result;
}

}  // namespace

Statistics count_operations(const Graph& graph) {
  Statistics statistics;
  for (const Operator& op : graph.operators) {
    const OperatorStatistics one = count(graph, op);
    statistics.operators.push_back(one);
    statistics.total.macs += one.macs;
    statistics.total.operations += one.operations;
    statistics.total.lstm_macs += one.lstm_macs;
  }
  return statistics;
}

}  // namespace stapes::graph
