#include "toolkit/graph/executor.h"

#include <fmt/format.h>

#include <cstring>

#include "device/graph/interpreter.h"
#include "device/graph/operator_table.h"
#include "toolkit/base/error.h"
#include "toolkit/graph/device_model.h"

namespace stapes::graph {
struct Executor::Implementation {
  explicit Implementation(const Graph& graph) : model(graph) {}
  void check(const Status& status) const { model.check(status); }

  DeviceModel model;
  std::unique_ptr<AlignedMemory> arena;
  Interpreter interpreter;
  std::vector<uint32_t> live_bytes;
  size_t arena_bytes = 0;  // without packed weights
};

Executor::Executor(const Graph& graph, Keep keep)
    : implementation_(std::make_unique<Implementation>(graph)) {
  Implementation& self = *implementation_;
  Interpreter::Options options;
  options.keep_all_tensors = keep == Keep::kAllTensors;
  const AlignedMemory& file = self.model.file;
  size_t needed = 0;
  {
    const AlignedMemory workspace(Interpreter::workspace_bound(file.size()) +
                                  packing_bound(file.size(), graph.operators.size()));
    self.live_bytes.resize(graph.operators.size());
    self.check(Interpreter::required_arena(
        file.data(), file.size(), all_operators(), options, workspace.data(), workspace.size(),
        &self.arena_bytes, self.live_bytes.data(), static_cast<int32_t>(self.live_bytes.size())));
    self.check(Interpreter::required_arena(file.data(), file.size(), packing_operators(), options,
                                           workspace.data(), workspace.size(), &needed));
  }
  self.arena = std::make_unique<AlignedMemory>(needed);
  self.check(self.interpreter.initialize(file.data(), file.size(), self.arena->data(),
                                         self.arena->size(), packing_operators(), options));
}

Executor::~Executor() = default;
Executor::Executor(Executor&&) noexcept = default;
Executor& Executor::operator=(Executor&&) noexcept = default;

void Executor::set_input(size_t input, std::span<const uint8_t> bytes) {
  Implementation& self = *implementation_;
  if (input >= self.model.inputs.size()) {
    throw Error("cannot run model", fmt::format("input {}", input),
                fmt::format("the model has {} inputs", self.model.inputs.size()));
  }
  const TensorView view = self.interpreter.input(static_cast<int32_t>(input));
  if (view.bytes != bytes.size()) {
    const Tensor& tensor = self.model.tensors[static_cast<size_t>(self.model.inputs[input])];
    throw Error("cannot run model", fmt::format("input {}", input),
                fmt::format("{} bytes were given, {} {} needs {}", bytes.size(),
                            name_of(tensor.type), shape_text(tensor.shape), view.bytes));
  }
  std::memcpy(view.data, bytes.data(), bytes.size());
}

void Executor::set_input(size_t input, std::span<const float> values) {
  Implementation& self = *implementation_;
  if (input < self.model.inputs.size()) {
    const Tensor& tensor = self.model.tensors[static_cast<size_t>(self.model.inputs[input])];
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
  (void)implementation_->model.outputs.at(output);
  const TensorView view = implementation_->interpreter.output(static_cast<int32_t>(output));
  return {static_cast<const uint8_t*>(view.data), view.bytes};
}

std::vector<float> Executor::output_as_float(size_t output) const {
  const auto index = static_cast<size_t>(implementation_->model.outputs.at(output));
  return dequantize(implementation_->model.tensors[index], this->output(output));
}

std::span<const uint8_t> Executor::tensor(int32_t index) const {
  const TensorView view = implementation_->interpreter.tensor(index);
  return {static_cast<const uint8_t*>(view.data), view.data == nullptr ? 0 : view.bytes};
}

size_t Executor::arena_bytes() const { return implementation_->arena_bytes; }

size_t Executor::packed_bytes() const {
  return implementation_->interpreter.arena_used() - implementation_->arena_bytes;
}

const std::vector<uint32_t>& Executor::live_bytes() const { return implementation_->live_bytes; }

const Interpreter& Executor::interpreter() const { return implementation_->interpreter; }

}  // namespace stapes::graph
