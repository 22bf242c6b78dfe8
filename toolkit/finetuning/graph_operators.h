#pragma once
#include <ATen/ATen.h>

#include <cstdint>
#include <span>
#include <vector>

#include "toolkit/graph/graph.h"

namespace stapes::finetuning {

// A float operator of a .tflite graph in torch. `inputs` are the operator's, in its order, laid out
// as in the file, but with `count` inputs in the first dimension where the file has one; absent
// ones are undefined. Operators that are not known, or that mix the inputs with each other, throw
// Error naming operator and index.
at::Tensor apply_operator(const graph::Graph& graph, size_t index,
                          std::span<const at::Tensor> inputs, int64_t count);

}  // namespace stapes::finetuning
