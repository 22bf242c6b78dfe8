#pragma once
#include <string>
#include <vector>

#include "toolkit/base/philox.h"
#include "toolkit/graph/graph.h"

namespace stapes::conformance {

// Small models of one or two operators, drawn at random with the extremes more often than a trained
// model has them: zero points of -128 and 127, scales that saturate, windows larger than the input,
// strides that skip it. Every model is one that TensorFlow Lite Micro accepts, or TensorFlow Lite
// for a kind that only it has.

// Names of what random_model() knows, operators mostly, e.g. "conv_2d".
const std::vector<std::string>& model_kinds();
// Compared by the one test of all operators of TensorFlow Lite Micro; the others have tests of
// their own.
bool compared_together(const std::string& kind);

graph::Graph random_model(const std::string& kind, Random& random);

// Values for all inputs of a model, one behind the other: uniform, extremes, or around the zero
// point.
Bytes random_inputs(const graph::Graph& model, Random& random);

}  // namespace stapes::conformance
