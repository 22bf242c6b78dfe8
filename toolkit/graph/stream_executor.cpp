#include "toolkit/graph/stream_executor.h"

#include <fmt/format.h>

#include <cstring>

#include "device/streaming/stream_interpreter.h"
#include "toolkit/base/error.h"
#include "toolkit/graph/device_model.h"
#include "toolkit/graph/executor.h"

namespace stapes::graph {

struct StreamExecutor::Implementation {
  explicit Implementation(const Graph& graph) : model(graph) {}

  DeviceModel model;
  std::unique_ptr<AlignedMemory> arena;
  StreamInterpreter interpreter;
  std::vector<uint32_t> live_bytes;
  size_t arena_bytes = 0;  // without packed weights
};

StreamExecutor::StreamExecutor(const Graph& graph, Keep keep)
    : implementation_(std::make_unique<Implementation>(graph)) {
  Implementation& self = *implementation_;
  const AlignedMemory& file = self.model.file;
  StreamInterpreter::Options options;
  options.keep_all_tensors = keep == Keep::kAllTensors;
  size_t needed = 0;
  {
    const AlignedMemory workspace(StreamInterpreter::workspace_bound(file.size()) +
                                  packing_bound(file.size(), graph.operators.size()));
    self.live_bytes.resize(graph.operators.size());
    self.model.check(StreamInterpreter::required_arena(
        file.data(), file.size(), all_operators(), options, workspace.data(), workspace.size(),
        &self.arena_bytes, self.live_bytes.data(), static_cast<int32_t>(self.live_bytes.size())));
    self.model.check(
        StreamInterpreter::required_arena(file.data(), file.size(), packing_operators(), options,
                                          workspace.data(), workspace.size(), &needed));
  }
  self.arena = std::make_unique<AlignedMemory>(needed);
  self.model.check(self.interpreter.initialize(file.data(), file.size(), self.arena->data(),
                                               self.arena->size(), packing_operators(), options));
}

StreamExecutor::~StreamExecutor() = default;
StreamExecutor::StreamExecutor(StreamExecutor&&) noexcept = default;
StreamExecutor& StreamExecutor::operator=(StreamExecutor&&) noexcept = default;

bool StreamExecutor::step(std::span<const uint8_t> frame) {
  Implementation& self = *implementation_;
  const TensorView input = self.interpreter.input();
  if (frame.size() != input.bytes) {
    throw Error("cannot run model", "a frame of the stream",
                fmt::format("{} bytes were given, one frame has {}", frame.size(), input.bytes));
  }
  std::memcpy(input.data, frame.data(), frame.size());
  self.model.check(self.interpreter.step());
  return self.interpreter.has_new_output();
}

bool StreamExecutor::step(std::span<const float> frame) {
  const Implementation& self = *implementation_;
  const Tensor& tensor = self.model.tensors[static_cast<size_t>(self.model.inputs.front())];
  if (tensor.type != TensorType::kFloat32) return step(quantize(tensor, frame));
  return step(
      std::span<const uint8_t>(reinterpret_cast<const uint8_t*>(frame.data()), frame.size_bytes()));
}

void StreamExecutor::reset() { implementation_->interpreter.reset(); }

std::span<const uint8_t> StreamExecutor::output(size_t output) const {
  return tensor(implementation_->model.outputs.at(output));
}

std::vector<float> StreamExecutor::output_as_float(size_t output) const {
  const auto index = static_cast<size_t>(implementation_->model.outputs.at(output));
  return dequantize(implementation_->model.tensors[index], this->output(output));
}

std::span<const uint8_t> StreamExecutor::tensor(int32_t index) const {
  const TensorView view = implementation_->interpreter.tensor(index);
  return {static_cast<const uint8_t*>(view.data), view.data == nullptr ? 0 : view.bytes};
}

size_t StreamExecutor::arena_bytes() const { return implementation_->arena_bytes; }
size_t StreamExecutor::packed_bytes() const {
  return implementation_->interpreter.arena_used() - implementation_->arena_bytes;
}
const std::vector<uint32_t>& StreamExecutor::live_bytes() const {
  return implementation_->live_bytes;
}
StreamInterpreter& StreamExecutor::interpreter() { return implementation_->interpreter; }
const StreamInterpreter& StreamExecutor::interpreter() const {
  return implementation_->interpreter;
}

}  // namespace stapes::graph
