#include "toolkit/graph/executor.h"

#include <fmt/format.h>

#include <cstring>
#include <new>

#include "device/graph/interpreter.h"
#include "device/graph/operator_table.h"
#include "toolkit/base/error.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::graph {
namespace {

// Memory as the interpreter wants it: aligned, contents undefined.
class AlignedMemory {
 public:
  explicit AlignedMemory(size_t size)
      : size_(size),
        data_(static_cast<uint8_t*>(::operator new (size, std::align_val_t{kArenaAlignment}))) {}
  uint8_t* data() const { return data_.get(); }
  size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(uint8_t* memory) const {
      ::operator delete (memory, std::align_val_t{kArenaAlignment});
    }
  };
  size_t size_;
  std::unique_ptr<uint8_t, Free> data_;
};

AlignedMemory aligned_copy(const Bytes& bytes) {
  AlignedMemory memory(bytes.size());
  std::memcpy(memory.data(), bytes.data(), bytes.size());
  return memory;
}

}  // namespace

struct Executor::Implementation {
  explicit Implementation(const Graph& graph) : model(aligned_copy(serialize_tflite(graph))) {
    for (const Tensor& tensor : graph.tensors) {
      tensors.push_back(
          {tensor.name, tensor.shape, tensor.type, tensor.quantization, {}, tensor.is_variable});
    }
    for (const Operator& op : graph.operators) operators.push_back(op.name());
    inputs = graph.inputs;
    outputs = graph.outputs;
  }

  void check(const Status& status) const {
    if (status.ok()) return;
    std::string where = "the model";
    if (status.operator_index >= 0 &&
        static_cast<size_t>(status.operator_index) < operators.size()) {
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

  AlignedMemory model;
  std::unique_ptr<AlignedMemory> arena;
  Interpreter interpreter;
  std::vector<Tensor> tensors;  // without data
  std::vector<std::string> operators;
  std::vector<int32_t> inputs;
  std::vector<int32_t> outputs;
  std::vector<uint32_t> live_bytes;
};

Executor::Executor(const Graph& graph, Keep keep)
    : implementation_(std::make_unique<Implementation>(graph)) {
  Implementation& self = *implementation_;
  Interpreter::Options options;
  options.keep_all_tensors = keep == Keep::kAllTensors;
  size_t needed = 0;
  {
    const AlignedMemory workspace(Interpreter::workspace_bound(self.model.size()));
    self.live_bytes.resize(graph.operators.size());
    self.check(Interpreter::required_arena(self.model.data(), self.model.size(), all_operators(),
                                           options, workspace.data(), workspace.size(), &needed,
                                           self.live_bytes.data(),
                                           static_cast<int32_t>(self.live_bytes.size())));
  }
  self.arena = std::make_unique<AlignedMemory>(needed);
  self.check(self.interpreter.initialize(self.model.data(), self.model.size(), self.arena->data(),
                                         self.arena->size(), all_operators(), options));
}

Executor::~Executor() = default;
Executor::Executor(Executor&&) noexcept = default;
Executor& Executor::operator=(Executor&&) noexcept = default;

void Executor::set_input(size_t input, std::span<const uint8_t> bytes) {
  Implementation& self = *implementation_;
  if (input >= self.inputs.size()) {
    throw Error("cannot run model", fmt::format("input {}", input),
                fmt::format("the model has {} inputs", self.inputs.size()));
  }
  const TensorView view = self.interpreter.input(static_cast<int32_t>(input));
  if (view.bytes != bytes.size()) {
    const Tensor& tensor = self.tensors[static_cast<size_t>(self.inputs[input])];
    throw Error("cannot run model", fmt::format("input {}", input),
                fmt::format("{} bytes were given, {} {} needs {}", bytes.size(),
                            name_of(tensor.type), shape_text(tensor.shape), view.bytes));
  }
  std::memcpy(view.data, bytes.data(), bytes.size());
}

void Executor::set_input(size_t input, std::span<const float> values) {
  Implementation& self = *implementation_;
  if (input < self.inputs.size()) {
    const Tensor& tensor = self.tensors[static_cast<size_t>(self.inputs[input])];
    if (tensor.type != TensorType::kFloat32) {
      set_input(input, quantize(tensor, values));
      return;
    }
  }
  set_input(input, std::span<const uint8_t>(reinterpret_cast<const uint8_t*>(values.data()),
                                            values.size_bytes()));
}

void Executor::invoke() { implementation_->check(implementation_->interpreter.invoke()); }

void Executor::invoke_operator(size_t index) {
  implementation_->check(implementation_->interpreter.invoke_operator(static_cast<int32_t>(index)));
}

void Executor::reset() { implementation_->interpreter.reset(); }

std::span<const uint8_t> Executor::output(size_t output) const {
  (void)implementation_->outputs.at(output);
  const TensorView view = implementation_->interpreter.output(static_cast<int32_t>(output));
  return {static_cast<const uint8_t*>(view.data), view.bytes};
}

std::vector<float> Executor::output_as_float(size_t output) const {
  const auto index = static_cast<size_t>(implementation_->outputs.at(output));
  return dequantize(implementation_->tensors[index], this->output(output));
}

std::span<const uint8_t> Executor::tensor(int32_t index) const {
  const TensorView view = implementation_->interpreter.tensor(index);
  return {static_cast<const uint8_t*>(view.data), view.data == nullptr ? 0 : view.bytes};
}

size_t Executor::arena_bytes() const { return implementation_->interpreter.arena_used(); }

const std::vector<uint32_t>& Executor::live_bytes() const { return implementation_->live_bytes; }

const Interpreter& Executor::interpreter() const { return implementation_->interpreter; }

}  // namespace stapes::graph
