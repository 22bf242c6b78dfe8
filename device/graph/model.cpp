#include "device/graph/model.h"

#include <initializer_list>

namespace stapes {
namespace {

// Field numbers of the tables of the .tflite schema.
namespace model_fields {
constexpr int32_t kVersion = 0, kOperatorCodes = 1, kSubgraphs = 2, kBuffers = 4;
}
namespace subgraph_fields {
constexpr int32_t kTensors = 0, kInputs = 1, kOutputs = 2, kOperators = 3;
}
namespace tensor_fields {
constexpr int32_t kShape = 0, kType = 1, kBuffer = 2, kQuantization = 4, kIsVariable = 5,
                  kSparsity = 6;
}
namespace quantization_fields {
constexpr int32_t kScale = 2, kZeroPoint = 3, kQuantizedDimension = 6;
}
namespace operator_fields {
constexpr int32_t kOpcodeIndex = 0, kInputs = 1, kOutputs = 2, kOptionsType = 3, kOptions = 4,
                  kIntermediates = 8;
}
namespace operator_code_fields {
constexpr int32_t kDeprecatedBuiltinCode = 0, kCustomCode = 1, kVersion = 2, kBuiltinCode = 3;
}
namespace buffer_fields {
constexpr int32_t kData = 0, kOffset = 1, kSize = 2;
}

bool zero_point_fits(int64_t zero_point, TensorType type) {
  switch (type) {
    case TensorType::kInt8:
      return zero_point >= INT8_MIN && zero_point <= INT8_MAX;
    case TensorType::kUint8:
      return zero_point >= 0 && zero_point <= UINT8_MAX;
    case TensorType::kInt16:
      return zero_point >= INT16_MIN && zero_point <= INT16_MAX;
    default:
      return zero_point >= INT32_MIN && zero_point <= INT32_MAX;
  }
}

bool is_positive_and_finite(float scale) { return scale > 0.0F && scale <= 3.4028234e38F; }

// Shape of a tensor, and the bytes that its elements take; 0 bytes for a type that isn't stored.
const char* read_shape(const FlatTable& tensor, TensorType type, Shape* shape, size_t* bytes) {
  const auto dimensions = tensor.vector<int32_t>(tensor_fields::kShape);
  if (dimensions.size() > kMaximumRank) return "a tensor has more than six dimensions";
  uint64_t total = size_of_element(type);
  shape->rank = dimensions.size();
  for (int32_t axis = 0; axis < shape->rank; ++axis) {
    const int32_t extent = dimensions[axis];
    if (extent < 0) return "a dimension of a tensor is negative";
    shape->dimensions[axis] = extent;
    total *= static_cast<uint64_t>(extent);
    if (total > Model::kMaximumTensorBytes) return "a tensor is larger than 1 GiB";
  }
  *bytes = static_cast<size_t>(total);
  return nullptr;
}

// Scales finite and positive, zero points in range, one of each per tensor or per channel.
const char* read_quantization(const FlatTable& quantization, TensorView* view) {
  const auto scales = quantization.vector<float>(quantization_fields::kScale);
  if (scales.size() == 0) return nullptr;
  const auto zero_points = quantization.vector<int64_t>(quantization_fields::kZeroPoint);
  if (zero_points.size() != 0 && zero_points.size() != scales.size()) {
    return "a tensor has another number of zero points than of scales";
  }
  const auto dimension = quantization.scalar<int32_t>(quantization_fields::kQuantizedDimension, 0);
  if (scales.size() > 1 &&
      (dimension < 0 || dimension >= view->shape.rank || view->shape[dimension] != scales.size())) {
    return "a tensor's scales don't match its quantized dimension";
  }
  for (int32_t i = 0; i < scales.size(); ++i) {
    if (!is_positive_and_finite(scales[i])) return "a tensor's scale isn't positive and finite";
  }
  for (int32_t i = 0; i < zero_points.size(); ++i) {
    if (!zero_point_fits(zero_points[i], view->type)) {
      return "a tensor's zero point doesn't fit its type";
    }
    if (zero_points[i] != 0) view->is_symmetric = false;
  }
  view->channel_scales = scales;
  view->scale = scales[0];
  view->zero_point = static_cast<int32_t>(zero_points[0]);
  view->quantized_dimension = dimension;
  return nullptr;
}

// A constant's values: exactly as many bytes as its shape asks for, aligned for its type.
const char* read_data(const FlatTableVector& buffers, const FlatTable& tensor, TensorView* view) {
  const auto index = tensor.scalar<uint32_t>(tensor_fields::kBuffer, 0);
  if (index >= static_cast<uint32_t>(buffers.size()) && index != 0) {
    return "a tensor's buffer doesn't exist";
  }
  const FlatTable buffer = buffers[static_cast<int32_t>(index)];
  if (buffer.scalar<uint64_t>(buffer_fields::kOffset, 0) > 1 ||
      buffer.scalar<uint64_t>(buffer_fields::kSize, 0) > 1) {
    return "a tensor's values lie outside the model's tables";
  }
  const auto data = buffer.vector<uint8_t>(buffer_fields::kData);
  if (data.size() == 0) return nullptr;
  if (tensor.table(tensor_fields::kSparsity).present()) return "sparse tensors aren't supported";
  if (view->is_variable) return "a variable tensor has constant values";
  const size_t element = size_of_element(view->type);
  if (element == 0) return nullptr;  // no operator will accept it
  if (static_cast<size_t>(data.size()) != view->bytes) {
    return "a constant's shape and its number of bytes differ";
  }
  if (reinterpret_cast<uintptr_t>(data.bytes()) % element != 0) {
    return "a constant isn't aligned in memory";
  }
  view->is_constant = true;
  // The pointer is handed out as mutable together with all others; constants are never written:
  // Model and Interpreter refuse operators whose output is a constant.
  view->data = const_cast<uint8_t*>(data.bytes());
  return nullptr;
}

const char* read_tensor(const FlatTable& tensor, const FlatTableVector& buffers, TensorView* view) {
  if (!tensor.present()) return "a tensor is missing";
  view->type = static_cast<TensorType>(tensor.scalar<int8_t>(tensor_fields::kType, 0));
  view->is_variable = tensor.boolean(tensor_fields::kIsVariable);
  const char* fault = read_shape(tensor, view->type, &view->shape, &view->bytes);
  if (fault == nullptr) {
    fault = read_quantization(tensor.table(tensor_fields::kQuantization), view);
  }
  if (fault == nullptr) fault = read_data(buffers, tensor, view);
  return fault;
}

bool is_text(const FlatVector<uint8_t>& stored, const char* text) {
  const size_t length = std::strlen(text);
  return static_cast<size_t>(stored.size()) == length &&
         std::memcmp(stored.bytes(), text, length) == 0;
}

// An operand must have values that an operator can work on.
const char* check_operand(const TensorView& tensor) {
  if (size_of_element(tensor.type) == 0) return "an operator's tensor has an unsupported type";
  if (tensor.bytes == 0) return "an operator's tensor has no elements";
  return nullptr;
}

}  // namespace

size_t size_of_element(TensorType type) {
  switch (type) {
    case TensorType::kInt64:
      return 8;
    case TensorType::kFloat32:
    case TensorType::kInt32:
      return 4;
    case TensorType::kInt16:
      return 2;
    case TensorType::kInt8:
    case TensorType::kUint8:
    case TensorType::kBool:
      return 1;
    default:
      return 0;
  }
}

Status Model::open(const uint8_t* data, size_t size) {
  file_ = FlatBuffer(data, size);
  tensors_ = operators_ = operator_codes_ = buffers_ = FlatTableVector();
  if (size < 8 || std::memcmp(data + 4, "TFL3", 4) != 0) {
    return Status::failure("this is not a .tflite file");
  }
  STAPES_RETURN_IF_ERROR(open_subgraph());
  STAPES_RETURN_IF_ERROR(verify_tensors());
  STAPES_RETURN_IF_ERROR(verify_operators());
  STAPES_RETURN_IF_ERROR(verify_interface());
  if (!file_.intact()) return Status::failure("the file is damaged: an offset leads out of it");
  return Status::success();
}

Status Model::open_subgraph() {
  const FlatTable model(&file_, file_.follow(0));
  if (!model.present()) return Status::failure("the file is damaged: it has no model");
  if (model.scalar<uint32_t>(model_fields::kVersion, 0) != 3) {
    return Status::failure("the file's schema version isn't 3");
  }
  operator_codes_ = model.tables(model_fields::kOperatorCodes);
  buffers_ = model.tables(model_fields::kBuffers);
  const FlatTableVector subgraphs = model.tables(model_fields::kSubgraphs);
  if (subgraphs.size() != 1) return Status::failure("the model hasn't exactly one subgraph");
  const FlatTable subgraph = subgraphs[0];
  tensors_ = subgraph.tables(subgraph_fields::kTensors);
  operators_ = subgraph.tables(subgraph_fields::kOperators);
  inputs_ = subgraph.vector<int32_t>(subgraph_fields::kInputs);
  outputs_ = subgraph.vector<int32_t>(subgraph_fields::kOutputs);
  if (tensors() > kMaximumTensors) return Status::failure("the model has more than 4096 tensors");
  if (operators() > kMaximumOperators) {
    return Status::failure("the model has more than 4096 operators");
  }
  return Status::success();
}

Status Model::verify_tensors() const {
  for (int32_t i = 0; i < tensors(); ++i) {
    TensorView view;
    const char* fault = read_tensor(tensors_[i], buffers_, &view);
    if (fault != nullptr) return Status::failure(fault, -1, i);
  }
  return Status::success();
}

Status Model::verify_operators() const {
  for (int32_t i = 0; i < operators(); ++i) {
    const FlatTable table = operators_[i];
    if (!table.present()) return Status::failure("an operator is missing", i);
    const auto opcode = table.scalar<uint32_t>(operator_fields::kOpcodeIndex, 0);
    if (opcode >= static_cast<uint32_t>(operator_codes_.size())) {
      return Status::failure("an operator's code doesn't exist", i);
    }
    const OperatorView view = operator_at(i);
    if (view.inputs.size() > kMaximumOperands || view.outputs.size() > kMaximumOperands) {
      return Status::failure("an operator has more than 64 inputs or outputs", i);
    }
    for (int32_t k = 0; k < view.intermediates.size(); ++k) {
      const int32_t index = view.intermediates[k];
      if (index < -1 || index >= tensors()) {
        return Status::failure("an operator's intermediate tensor doesn't exist", i, index);
      }
    }
    for (int32_t k = 0; k < view.inputs.size(); ++k) {
      const int32_t index = view.inputs[k];
      if (index == -1) continue;
      if (index < 0 || index >= tensors()) {
        return Status::failure("an operator's input doesn't exist", i, index);
      }
      const char* fault = check_operand(tensor(index));
      if (fault != nullptr) return Status::failure(fault, i, index);
    }
    for (int32_t k = 0; k < view.outputs.size(); ++k) {
      const int32_t index = view.outputs[k];
      if (index < 0 || index >= tensors()) {
        return Status::failure("an operator's output doesn't exist", i, index);
      }
      const TensorView output = tensor(index);
      const char* fault = check_operand(output);
      if (fault == nullptr && (output.is_constant || output.is_variable)) {
        fault = "an operator writes to a constant or a variable";
      }
      if (fault != nullptr) return Status::failure(fault, i, index);
    }
  }
  return Status::success();
}

Status Model::verify_interface() const {
  for (const FlatVector<int32_t>* list : {&inputs_, &outputs_}) {
    const FlatVector<int32_t>& operands = *list;
    if (operands.size() == 0 || operands.size() > kMaximumOperands) {
      return Status::failure("the model has no inputs or outputs, or more than 64");
    }
    for (int32_t k = 0; k < operands.size(); ++k) {
      const int32_t index = operands[k];
      if (index < 0 || index >= tensors()) {
        return Status::failure("an input or output of the model doesn't exist", -1, index);
      }
      const TensorView view = tensor(index);
      if (check_operand(view) != nullptr || view.is_constant || view.is_variable) {
        return Status::failure("an input or output of the model isn't an activation", -1, index);
      }
    }
  }
  return Status::success();
}

TensorView Model::tensor(int32_t index) const {
  TensorView view;
  if (index < 0 || index >= tensors()) return view;
  if (read_tensor(tensors_[index], buffers_, &view) == nullptr) view.index = index;
  return view;
}

OperatorView Model::operator_at(int32_t index) const {
  const FlatTable table = operators_[index];
  const auto opcode = table.scalar<uint32_t>(operator_fields::kOpcodeIndex, 0);
  const FlatTable code = operator_codes_[opcode < INT32_MAX ? static_cast<int32_t>(opcode) : -1];
  // Codes up to 126 used to be stored in a byte of their own; the larger of the two is meant.
  const auto deprecated = code.scalar<int8_t>(operator_code_fields::kDeprecatedBuiltinCode, 0);
  const auto builtin = code.scalar<int32_t>(operator_code_fields::kBuiltinCode, 0);
  OperatorView view;
  view.code = static_cast<OperatorCode>(builtin > deprecated ? builtin : deprecated);
  if (view.code == OperatorCode::kCustom &&
      is_text(code.vector<uint8_t>(operator_code_fields::kCustomCode), kExtendedLstmName)) {
    view.code = OperatorCode::kExtendedLstm;
  }
  view.version = code.scalar<int32_t>(operator_code_fields::kVersion, 1);
  view.inputs = table.vector<int32_t>(operator_fields::kInputs);
  view.outputs = table.vector<int32_t>(operator_fields::kOutputs);
  view.intermediates = table.vector<int32_t>(operator_fields::kIntermediates);
  view.options_tag =
      static_cast<OptionsTag>(table.scalar<uint8_t>(operator_fields::kOptionsType, 0));
  view.options = table.table(operator_fields::kOptions);
  return view;
}

}  // namespace stapes
