#include "toolkit/graph/graph.h"

#include <fmt/format.h>

#include <utility>

namespace stapes::graph {

int64_t Tensor::elements() const {
  int64_t count = 1;
  for (const int32_t dimension : shape) count *= dimension;
  return count;
}

int32_t Graph::add_tensor(Tensor tensor) {
  tensors.push_back(std::move(tensor));
  return static_cast<int32_t>(tensors.size()) - 1;
}

std::string Operator::name() const {
  if (code == OperatorCode::kCustom && !custom_code.empty()) return custom_code;
  const std::string known = name_of(code);
  return known == "UNKNOWN" ? fmt::format("operator {}", static_cast<int>(code)) : known;
}

bool Operator::is_lstm() const {
  return code == OperatorCode::kUnidirectionalSequenceLstm || code == OperatorCode::kExtendedLstm;
}

size_t size_of(TensorType type) {
  switch (type) {
    case TensorType::kUint8:
    case TensorType::kInt8:
    case TensorType::kBool:
      return 1;
    case TensorType::kFloat16:
    case TensorType::kInt16:
      return 2;
    case TensorType::kFloat32:
    case TensorType::kInt32:
      return 4;
    case TensorType::kInt64:
    case TensorType::kFloat64:
      return 8;
    case TensorType::kString:
      break;
  }
  return 0;
}

const char* name_of(TensorType type) {
  switch (type) {
    case TensorType::kFloat32:
      return "FLOAT32";
    case TensorType::kFloat16:
      return "FLOAT16";
    case TensorType::kInt32:
      return "INT32";
    case TensorType::kUint8:
      return "UINT8";
    case TensorType::kInt64:
      return "INT64";
    case TensorType::kString:
      return "STRING";
    case TensorType::kBool:
      return "BOOL";
    case TensorType::kInt16:
      return "INT16";
    case TensorType::kInt8:
      return "INT8";
    case TensorType::kFloat64:
      return "FLOAT64";
  }
  return "UNKNOWN";
}

const char* name_of(OperatorCode code) {
  switch (code) {
    case OperatorCode::kAdd:
      return "ADD";
    case OperatorCode::kAveragePool2D:
      return "AVERAGE_POOL_2D";
    case OperatorCode::kConcatenation:
      return "CONCATENATION";
    case OperatorCode::kConv2D:
      return "CONV_2D";
    case OperatorCode::kDepthwiseConv2D:
      return "DEPTHWISE_CONV_2D";
    case OperatorCode::kDequantize:
      return "DEQUANTIZE";
    case OperatorCode::kFullyConnected:
      return "FULLY_CONNECTED";
    case OperatorCode::kL2Normalization:
      return "L2_NORMALIZATION";
    case OperatorCode::kLogistic:
      return "LOGISTIC";
    case OperatorCode::kMaxPool2D:
      return "MAX_POOL_2D";
    case OperatorCode::kMul:
      return "MUL";
    case OperatorCode::kRelu:
      return "RELU";
    case OperatorCode::kRelu6:
      return "RELU6";
    case OperatorCode::kReshape:
      return "RESHAPE";
    case OperatorCode::kSoftmax:
      return "SOFTMAX";
    case OperatorCode::kTanh:
      return "TANH";
    case OperatorCode::kCustom:
      return "CUSTOM";
    case OperatorCode::kExtendedLstm:
      return kExtendedLstmName;
    case OperatorCode::kPad:
      return "PAD";
    case OperatorCode::kTranspose:
      return "TRANSPOSE";
    case OperatorCode::kMean:
      return "MEAN";
    case OperatorCode::kSub:
      return "SUB";
    case OperatorCode::kSqueeze:
      return "SQUEEZE";
    case OperatorCode::kUnidirectionalSequenceLstm:
      return "UNIDIRECTIONAL_SEQUENCE_LSTM";
    case OperatorCode::kStridedSlice:
      return "STRIDED_SLICE";
    case OperatorCode::kSplit:
      return "SPLIT";
    case OperatorCode::kCast:
      return "CAST";
    case OperatorCode::kExpandDims:
      return "EXPAND_DIMS";
    case OperatorCode::kSum:
      return "SUM";
    case OperatorCode::kRsqrt:
      return "RSQRT";
    case OperatorCode::kShape:
      return "SHAPE";
    case OperatorCode::kPack:
      return "PACK";
    case OperatorCode::kSquaredDifference:
      return "SQUARED_DIFFERENCE";
    case OperatorCode::kQuantize:
      return "QUANTIZE";
  }
  return "UNKNOWN";
}

std::string shape_text(const std::vector<int32_t>& shape) {
  return shape.empty() ? "scalar" : fmt::format("{}", fmt::join(shape, "x"));
}

}  // namespace stapes::graph
