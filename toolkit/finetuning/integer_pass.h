#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "toolkit/graph/executor.h"
#include "toolkit/quantization/affine.h"
#include "toolkit/quantization/quantize.h"

namespace stapes::finetuning {

// What the int8 model computes for some inputs, tensor by tensor: not an imitation of the device's
// arithmetic but the device's interpreter and kernels themselves, on the graph that would be
// exported. The LSTM's state is reset before each input. Not thread-safe.
class IntegerPass {
 public:
  // By tensor of the float graph: its stored values [inputs, elements]; empty where the int8 model
  // has no int8 form of it.
  struct Stored {
    quantization::Affine affine;
    std::vector<int8_t> values;
  };

  IntegerPass(const graph::Graph& float_graph, const quantization::QuantizedGraph& quantized);

  // `features` holds `count` inputs.
  void run(std::span<const float> features, size_t count);
  const std::vector<Stored>& stored() const { return stored_; }

 private:
  const graph::Graph& graph_;       // int8
  std::vector<int32_t> int8_form_;  // by tensor of the float graph; -1: none
  graph::Executor executor_;
  std::vector<Stored> stored_;
};

}  // namespace stapes::finetuning
