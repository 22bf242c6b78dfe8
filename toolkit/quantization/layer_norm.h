#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/graph/graph.h"

namespace stapes::quantization {

// A layer normalization that a float graph expresses with elementary operators:
//
//   y = gamma * (x - mean(x)) / sqrt(variance(x) + epsilon) + beta
//
// over rows of gamma.size() successive values (the last axis of y).
struct LayerNorm {
  std::vector<size_t> operators;  // ascending; nothing outside reads what they compute, except y
  int32_t input = -1;             // tensor x
  int32_t output = -1;            // tensor y
  std::vector<float> gamma;
  std::vector<float> beta;
  float epsilon = 0.0F;
};

// Finds them around each RSQRT, in whatever order a converter arranged the multiplications and
// transpositions: the operators that hang together there are cut out and run on probe inputs, and
// they count as a layer normalization exactly if they compute one. gamma and beta are read off the
// probes.
std::vector<LayerNorm> find_layer_norms(const graph::Graph& graph);

// How layer normalizations are computed in the int8 model (docs/quantization.md compares them).
enum class LayerNormForm {
  kDecomposed,  // as the float graph has it, every operator int8
  kL2,          // MEAN, SUB, L2_NORMALIZATION in int8; gamma and beta folded into the next layer
  kFloat,       // float operators between DEQUANTIZE and QUANTIZE
};

LayerNormForm layer_norm_form_of(const std::string& name);  // throws Error for an unknown name
const char* name_of(LayerNormForm form);

struct LayerNormResult {
  graph::Graph graph;
  std::vector<bool> float_operators;  // by operator index; for QuantizeOptions
  size_t layer_norms = 0;             // how many were found
};

// Rewrites the float graph so that quantizing it gives the wanted form. The float graph still
// computes what it did; kL2 leaves out epsilon, which matters where the variance of a row is not
// much larger.
LayerNormResult apply_layer_norm_form(const graph::Graph& graph, LayerNormForm form);

}  // namespace stapes::quantization
