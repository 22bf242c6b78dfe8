#pragma once
#include <string>
#include <vector>

#include "toolkit/base/philox.h"
#include "toolkit/graph/graph.h"

namespace stapes::conformance {

// Small models of one or two operators, drawn at random with the extremes more often than a trained
// model has them: zero points of -128 and 127, scales that saturate, windows larger than the input,
// strides that skip it. Every model is one that TensorFlow Lite Micro accepts, or TensorFlow Lite
// where known_to_micro() says no.

// Names of the operators that random_model() knows, e.g. "conv_2d".
const std::vector<std::string>& model_kinds();
bool known_to_micro(const std::string& kind);

graph::Graph random_model(const std::string& kind, Random& random);

// Values for all inputs of a model, one behind the other: uniform, extremes, or around the zero
// point.
Bytes random_inputs(const graph::Graph& model, Random& random);

}  // namespace stapes::conformance
