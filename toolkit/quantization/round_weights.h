#pragma once
#include <string>

#include "toolkit/graph/graph.h"
#include "toolkit/quantization/quantize.h"
#include "toolkit/quantization/weight_inputs.h"

namespace stapes::quantization {

enum class Rounding {
  kNearest,  // each weight to the nearest step, as TensorFlow Lite's converter
  kJoint,    // the weights of a row together (joint_rounding.h)
};

Rounding rounding_of(const std::string& name);  // throws Error for an unknown name
const char* name_of(Rounding rounding);

// Rounds the int8 weights of `quantized` anew, jointly, and lets each bias take over the mean of
// the error that is left. `float_graph` is what `quantized` was made from and `seen` what its
// weights were multiplied with; weights of other operators stay as they are, and so do all scales.
void round_weights_jointly(const graph::Graph& float_graph, const WeightInputs& seen,
                           QuantizedGraph& quantized);

}  // namespace stapes::quantization
