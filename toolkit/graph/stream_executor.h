#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "toolkit/graph/graph.h"

namespace stapes {
class StreamInterpreter;
}

namespace stapes::graph {

// Runs a Graph frame by frame on this computer, with the device's own StreamInterpreter
// (device/streaming/stream_interpreter.h says what it computes, and of which models).
// Not thread-safe; one per thread. The Graph is not needed after construction.
class StreamExecutor {
 public:
  enum class Keep { kOutputs, kAllTensors };  // as Executor::Keep

  // Throws Error naming the operator that can't run frame by frame, and what to do.
  explicit StreamExecutor(const Graph& graph, Keep keep = Keep::kOutputs);
  ~StreamExecutor();
  StreamExecutor(StreamExecutor&&) noexcept;
  StreamExecutor& operator=(StreamExecutor&&) noexcept;

  // One frame: values of the model's input / its frames. True when there is a new output.
  bool step(std::span<const uint8_t> frame);
  bool step(std::span<const float> frame);  // quantized if the input is
  void reset();

  std::span<const uint8_t> output(size_t output) const;  // after a step that returned true
  std::vector<float> output_as_float(size_t output) const;
  // With Keep::kAllTensors: the newest row of a tensor that has a time axis, all of others.
  std::span<const uint8_t> tensor(int32_t index) const;

  size_t arena_bytes() const;
  size_t packed_bytes() const;                      // besides, see executor.h
  const std::vector<uint32_t>& live_bytes() const;  // while each operator runs
  StreamInterpreter& interpreter();
  const StreamInterpreter& interpreter() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace stapes::graph
