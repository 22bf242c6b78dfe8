#pragma once
#include <span>

#include "toolkit/graph/executor.h"

namespace stapes::quantization {

// Sets input 0 of a model to real values, quantizing them where the model takes int8.
void set_real_input(const graph::Graph& graph, graph::Executor& executor,
                    std::span<const float> values);

}  // namespace stapes::quantization
