#include "toolkit/graph/device_model.h"

#include <fmt/format.h>

#include <cstring>

#include "toolkit/base/error.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::graph {
namespace {

AlignedMemory aligned_copy(const Bytes& bytes) {
  AlignedMemory memory(bytes.size());
  std::memcpy(memory.data(), bytes.data(), bytes.size());
  return memory;
}

}  // namespace

DeviceModel::DeviceModel(const Graph& graph)
    : file(aligned_copy(serialize_tflite(graph))), inputs(graph.inputs), outputs(graph.outputs) {
  for (const Tensor& tensor : graph.tensors) {
    tensors.push_back(
        {tensor.name, tensor.shape, tensor.type, tensor.quantization, {}, tensor.is_variable});
  }
  for (const Operator& op : graph.operators) operators.push_back(op.name());
}

void DeviceModel::check(const Status& status) const {
  if (status.ok()) return;
  std::string where = "the model";
  if (status.operator_index >= 0 && static_cast<size_t>(status.operator_index) < operators.size()) {
    where = fmt::format("operator {} ({})", status.operator_index,
                        operators[static_cast<size_t>(status.operator_index)]);
  }
  std::string why = status.message;
  if (status.tensor_index >= 0 && static_cast<size_t>(status.tensor_index) < tensors.size()) {
    const Tensor& tensor = tensors[static_cast<size_t>(status.tensor_index)];
    why += fmt::format(" (tensor {} \"{}\", {} {})", status.tensor_index, tensor.name,
                       name_of(tensor.type), shape_text(tensor.shape));
  }
  throw Error("cannot run model", where, why);
}

}  // namespace stapes::graph
