#pragma once
#include "toolkit/graph/graph.h"

namespace stapes::quantization {

// Many files that are called float keep their weights as float16, or as int8 that the operators
// convert when they run ("dynamic range quantization"). This gives the same model with float32
// weights: DEQUANTIZE operators with a constant input become constants, and quantized weights of
// operators with float input are dequantized.
graph::Graph with_float_weights(const graph::Graph& graph);

}  // namespace stapes::quantization
