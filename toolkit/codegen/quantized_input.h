#pragma once
#include "toolkit/graph/graph.h"

namespace stapes::codegen {

// Takes away the QUANTIZE that a model begins with, where device/graph/quantized_input.h says that
// its float32 values need not exist: the graph's input is then the QUANTIZE's result. False when
// the model is not such a one, and then nothing is changed.
bool take_quantize_away(graph::Graph& graph);

}  // namespace stapes::codegen
