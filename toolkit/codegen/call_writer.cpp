#include "toolkit/codegen/call_writer.h"

#include <algorithm>

namespace stapes::codegen {

using Region = PlannedModel::Region;

void CallWriter::begin(int32_t operator_index) {
  index_ = operator_index;
  constants_of_operator_ = 0;
  calls_ += fmt::format("  // {}: {}\n", operator_index, op().name());
}

const graph::Operator& CallWriter::op() const {
  return model_.graph().operators[static_cast<size_t>(index_)];
}

int32_t CallWriter::inputs() const { return static_cast<int32_t>(op().inputs.size()); }
int32_t CallWriter::outputs() const { return static_cast<int32_t>(op().outputs.size()); }

std::string CallWriter::in_arena(size_t offset, const std::string& type, size_t elements) const {
  return fmt::format("at<{}, {}, {}>(model)", type, offset, elements);
}

std::string CallWriter::state_field(int32_t tensor) const {
  int32_t lstm = 0;
  for (const graph::Operator& op : model_.graph().operators) {
    if (!op.is_lstm()) continue;
    if (op.inputs[graph::lstm::kHiddenState] == tensor) return fmt::format("lstm{}_hidden", lstm);
    if (op.inputs[graph::lstm::kCellState] == tensor) return fmt::format("lstm{}_cell", lstm);
    ++lstm;
  }
  return fmt::format("variable{}", tensor);
}

std::string CallWriter::tensor(int32_t index) {
  const PlannedModel::Place place = model_.place_of_tensor(index);
  if (place.region == Region::kAbsent) return "nullptr";
  const graph::Tensor& tensor = model_.tensor(index);
  if (place.region == Region::kState) return "model->state." + state_field(index);
  if (place.region == Region::kArena) {
    return in_arena(place.offset, type_name(tensor.type),
                    model_.bytes_of(index) / graph::size_of(tensor.type));
  }
  return stored({fmt::format("kTensor{}", index), tensor.type, tensor.data});
}

std::string CallWriter::stored(StoredTensor tensor) {
  const auto same = std::find_if(
      stored_tensors_.begin(), stored_tensors_.end(),
      [&](const auto& other) { return other.type == tensor.type && other.data == tensor.data; });
  if (same != stored_tensors_.end()) return same->name;
  stored_tensors_.push_back(std::move(tensor));
  return stored_tensors_.back().name;
}

std::string CallWriter::input(int32_t i) {
  return tensor(i < inputs() ? op().inputs[static_cast<size_t>(i)] : -1);
}

std::string CallWriter::output(int32_t i) {
  return tensor(op().outputs.at(static_cast<size_t>(i)));
}

std::string CallWriter::scratch(const std::string& type, size_t elements) {
  const PlannedModel::Place place =
      model_.place_of(model_.interpreter().prepared_operator(index_).scratch);
  if (place.region == Region::kAbsent) return "nullptr";
  return in_arena(place.offset, type, elements);
}

std::string CallWriter::constant(const std::string& type, const std::string& value) {
  const bool is_array = type.ends_with("]");
  const size_t bracket = is_array ? type.rfind('[') : type.size();
  return define(fmt::format("constexpr {}::{}", kernels_, type.substr(0, bracket)),
                type.substr(bracket), value);
}

std::string CallWriter::define(const std::string& type, const std::string& extent,
                               const std::string& value) {
  std::string& name = names_[type + extent + value];  // the same constants, one name
  if (!name.empty()) return name;
  name = fmt::format("kOperator{}", index_);
  if (constants_of_operator_++ > 0) name += fmt::format("_{}", constants_of_operator_);
  constants_ += fmt::format("{} {}{} = {};\n", type, name, extent, value);
  return name;
}

std::string CallWriter::reordered_input(int32_t i, const std::string& order, Bytes data) {
  const int32_t tensor = op().inputs.at(static_cast<size_t>(i));
  return stored(
      {fmt::format("kTensor{}{}", tensor, order), model_.tensor(tensor).type, std::move(data)});
}

std::string CallWriter::function(const std::string& kernel, const std::string& name) {
  used_kernels_.insert(kernel);
  used_functions_.insert(name);
  return fmt::format("{}::{}", kernels_, name);
}

std::string CallWriter::table(std::span<const reference::Multiplier> values) {
  if (values.empty()) return "nullptr";
  return constant("reference::Multiplier[]", literal(values));
}

void CallWriter::call(const std::string& kernel, const std::string& function,
                      const std::vector<std::string>& arguments, bool may_fail) {
  const std::string text =
      fmt::format("{}({})", this->function(kernel, function), fmt::join(arguments, ", "));
  calls_ += may_fail ? fmt::format("  if (!{}) return false;\n", text) : "  " + text + ";\n";
}

void CallWriter::skip(const std::string& why) { calls_ += "  // " + why + "\n"; }

bool CallWriter::is_in_place() const {
  const auto& interpreter = model_.interpreter();
  return interpreter.tensor(op().inputs[0]).data == interpreter.tensor(op().outputs[0]).data;
}

}  // namespace stapes::codegen
