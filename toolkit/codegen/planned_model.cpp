#include "toolkit/codegen/planned_model.h"

#include <fmt/format.h>

#include <cstring>

#include "toolkit/base/error.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::codegen {

PlannedModel::PlannedModel(const graph::Graph& graph, const OperatorTable& operators)
    : graph_(graph) {
  graph_.metadata.clear();
  const Bytes bytes = graph::serialize_tflite(graph_);
  model_.resize(align_up(bytes.size()) / kArenaAlignment);
  std::memcpy(model_.data(), bytes.data(), bytes.size());
  const auto* model = reinterpret_cast<const uint8_t*>(model_.data());
  const size_t bound = Interpreter::workspace_bound(bytes.size());
  arena_.resize(align_up(bound) / kArenaAlignment);
  size_t needed = 0;
  check(Interpreter::required_arena(model, bytes.size(), operators, {}, arena_.data(), bound,
                                    &needed));
  arena_.resize(align_up(needed) / kArenaAlignment);
  check(interpreter_.initialize(model, bytes.size(), arena_.data(), needed, operators));
}

void PlannedModel::check(const Status& status) const {
  if (status.ok()) return;
  std::string where = "the model";
  if (status.operator_index >= 0) {
    const auto index = static_cast<size_t>(status.operator_index);
    where = fmt::format("operator {} ({})", index, graph_.operators.at(index).name());
  }
  std::string why = status.message;
  if (status.tensor_index >= 0) {
    const graph::Tensor& tensor = this->tensor(status.tensor_index);
    why += fmt::format(" (tensor {} \"{}\", {} {})", status.tensor_index, tensor.name,
                       graph::name_of(tensor.type), graph::shape_text(tensor.shape));
  }
  throw Error("cannot compile model", where, why);
}

PlannedModel::Place PlannedModel::place_of(const void* pointer) const {
  if (pointer == nullptr) return {};
  const auto* at = static_cast<const uint8_t*>(pointer);
  const auto* activations =
      reinterpret_cast<const uint8_t*>(arena_.data()) + interpreter_.persistent_bytes();
  return {Region::kArena, static_cast<size_t>(at - activations)};
}

PlannedModel::Place PlannedModel::place_of_tensor(int32_t index) const {
  if (index < 0) return {};
  if (tensor(index).is_variable) return {Region::kState, 0};
  const auto* data = static_cast<const uint8_t*>(interpreter_.tensor(index).data);
  const auto* begin = reinterpret_cast<const uint8_t*>(arena_.data());
  const bool in_arena = data >= begin && data < begin + interpreter_.arena_used();
  return in_arena ? place_of(data) : Place{Region::kConstant, 0};
}

}  // namespace stapes::codegen
