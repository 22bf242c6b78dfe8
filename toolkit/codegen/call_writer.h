#pragma once
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "toolkit/codegen/literal.h"
#include "toolkit/codegen/planned_model.h"
#include "toolkit/codegen/target.h"

namespace stapes::codegen {

// A tensor in flash, one for each content.
struct StoredTensor {
  std::string name;  // "kTensor12"
  TensorType type;
  Bytes data;
};

// Collects what a compiled model consists of while its operators are written one after the other:
// constants, calls, and the kernels and tensors that they use.
class CallWriter {
 public:
  CallWriter(const PlannedModel& model, const Target& target, std::string kernel_namespace)
      : model_(model), target_(target), kernels_(std::move(kernel_namespace)) {}

  void begin(int32_t operator_index);

  const PlannedModel& model() const { return model_; }
  const Target& target() const { return target_; }
  int32_t inputs() const;
  int32_t outputs() const;

  template <typename T>
  const T& prepared() const {
    return *static_cast<const T*>(model_.interpreter().prepared_operator(index_).parameters);
  }

  // Expressions: pointers to operands, "nullptr" where absent.
  std::string input(int32_t i);
  std::string output(int32_t i);
  // A constant input's elements in another order, as bytes of its type.
  std::string reordered_input(int32_t i, const std::string& order, Bytes data);
  // `elements` of a C++ type in the operator's scratch memory; "nullptr" when it asked for none.
  std::string scratch(const std::string& type, size_t elements);
  // A tensor as model input or output.
  std::string tensor(int32_t index);

  // Defines a constant of this operator in flash, and gives its name. `type` is a name below the
  // kernels' namespace ("reference::Conv2DParameters").
  std::string constant(const std::string& type, const std::string& value);
  std::string table(std::span<const reference::Multiplier> values);  // "nullptr" when empty
  // An array of integers of a standard type.
  template <typename T>
  std::string array(const std::string& type, const std::vector<T>& values) {
    return define("constexpr " + type, "[]", fmt::format("{{{}}}", fmt::join(values, ", ")));
  }
  // The stored values of an input of such elements: empty when it is absent, nothing when it is
  // computed.
  template <typename T>
  std::optional<std::span<const T>> values(int32_t input) const {
    const int32_t tensor = input < inputs() ? op().inputs[static_cast<size_t>(input)] : -1;
    if (tensor < 0) return std::span<const T>();
    const Bytes& data = model_.tensor(tensor).data;
    if (data.empty()) return std::nullopt;
    return std::span(reinterpret_cast<const T*>(data.data()), data.size() / sizeof(T));
  }
  // A kernel as an argument; file and name as those of call().
  std::string function(const std::string& kernel, const std::string& name);
  // Weight pointers inside a parameter struct.
  std::string weights(int32_t input) { return this->input(input); }

  // kernel: its file below kernels/, "reference/conv_2d"; function: "reference::conv_2d", or
  // "kernels::conv_2d" for the fastest that the processor has (device/kernels/kernels.h).
  // A call that returns false ends the inference when `may_fail`.
  void call(const std::string& kernel, const std::string& function,
            const std::vector<std::string>& arguments, bool may_fail = false);
  void skip(const std::string& why);

  // Where input 0 and output 0 are the same memory, a copy does nothing.
  bool is_in_place() const;

  const std::string& constants() const { return constants_; }
  const std::string& calls() const { return calls_; }
  const std::set<std::string>& kernels() const { return used_kernels_; }
  const std::set<std::string>& functions() const { return used_functions_; }
  const std::vector<StoredTensor>& stored_tensors() const { return stored_tensors_; }
  std::string state_field(int32_t tensor) const;  // "lstm0_hidden"

 private:
  std::string stored(StoredTensor tensor);
  std::string define(const std::string& type, const std::string& extent, const std::string& value);
  std::string in_arena(size_t offset, const std::string& type, size_t elements) const;
  const graph::Operator& op() const;

  const PlannedModel& model_;
  const Target& target_;
  std::string kernels_;
  int32_t index_ = 0;
  int32_t constants_of_operator_ = 0;
  std::string constants_;
  std::map<std::string, std::string> names_;  // of constants, by their text
  std::string calls_;
  std::set<std::string> used_kernels_;
  std::set<std::string> used_functions_;
  std::vector<StoredTensor> stored_tensors_;  // one of each content
};

}  // namespace stapes::codegen
