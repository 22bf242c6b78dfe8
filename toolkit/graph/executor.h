#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "toolkit/graph/graph.h"

namespace stapes {
class Interpreter;
}

namespace stapes::graph {

// Runs a Graph on this computer with the device's own interpreter and kernels, int8 and float32
// alike, so that what is measured here is what the board computes.
//
// The LSTM's hidden and cell state persist from one invoke() to the next until reset() — the
// caller decides, nothing is hidden. A new Executor starts in the reset state.
// Not thread-safe; one Executor per thread. The Graph is not needed after construction.
//
// Errors name the operator: one that the runtime does not have, tensors that do not fit each
// other, or (in invoke()) values for which an operator is not defined.
class Executor {
 public:
  enum class Keep {
    kOutputs,     // intermediate tensors share memory: only outputs are valid after invoke()
    kAllTensors,  // every tensor keeps its value
  };

  explicit Executor(const Graph& graph, Keep keep = Keep::kOutputs);
  ~Executor();
  Executor(Executor&&) noexcept;
  Executor& operator=(Executor&&) noexcept;

  // Inputs must be set before every invoke(): their memory is reused.
  // Throws Error where the number of bytes or values is not the input's.
  void set_input(size_t input, std::span<const uint8_t> bytes);
  void set_input(size_t input, std::span<const float> values);  // quantized if the input is
  void invoke();
  // One operator of an inference; called for 0, 1, … in order it is an invoke().
  void invoke_operator(size_t index);
  void reset();

  std::span<const uint8_t> output(size_t output) const;
  std::vector<float> output_as_float(size_t output) const;  // dequantized if it is quantized
  // Constants and variables are valid always, others only with Keep::kAllTensors.
  std::span<const uint8_t> tensor(int32_t index) const;

  // With Keep::kOutputs: what the board needs for tensors, state and operators, except that
  // pointers are 8 bytes here and 4 there.
  size_t arena_bytes() const;
  // What is used besides, on this computer: weights that were packed for its vector instructions.
  // They are part of interpreter().persistent_bytes().
  size_t packed_bytes() const;
  // Bytes of activations and scratch in use while each operator runs.
  const std::vector<uint32_t>& live_bytes() const;
  const Interpreter& interpreter() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

// Real values of a tensor's stored bytes: scale * (stored - zero_point), computed in double.
std::vector<float> dequantize(const Tensor& tensor, std::span<const uint8_t> bytes);
// The stored bytes of real values: round(real / scale) + zero_point, halves away from 0, saturated.
// Integer tensors without quantization are rounded. REQUIRES: not per channel.
Bytes quantize(const Tensor& tensor, std::span<const float> values);

}  // namespace stapes::graph
