#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "toolkit/graph/graph.h"

namespace stapes::graph {

// Runs a Graph on this computer with the device's own interpreter and kernels, int8 and float32
// alike, so that what is measured here is what the board computes.
//
// The LSTM's hidden and cell state persist from one invoke() to the next until reset() — the
// caller decides, nothing is hidden. A new Executor starts in the reset state.
// Not thread-safe; one Executor per thread.
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

  void set_input(size_t input, std::span<const uint8_t> bytes);
  void set_input(size_t input, std::span<const float> values);  // REQUIRES: a float32 input
  void invoke();
  void reset();

  std::span<const uint8_t> output(size_t output) const;
  std::vector<float> output_as_float(size_t output) const;  // dequantized if it is quantized
  std::span<const uint8_t> tensor(int32_t index) const;     // REQUIRES: Keep::kAllTensors

  size_t arena_bytes() const;  // with Keep::kOutputs: what the board needs for tensors and state

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

// real values of a tensor's stored bytes.
std::vector<float> dequantize(const Tensor& tensor, std::span<const uint8_t> bytes);

}  // namespace stapes::graph
