#pragma once
#include <optional>
#include <vector>

#include "toolkit/graph/graph.h"
#include "toolkit/quantization/affine.h"
#include "toolkit/quantization/ranges.h"

namespace stapes::quantization {

// int8 parameters of every float activation of the graph, by tensor index; empty for constants,
// variables and tensors that only float operators touch.
//
// Operators that move values without computing (RESHAPE, MAX_POOL_2D, CONCATENATION …) have the
// same parameters on both sides, made from the union of the ranges. Where that cannot be, because
// a concatenated tensor's parameters are fixed by its producer (a SOFTMAX beside something else),
// parameters differ and the quantizer puts a requantizing QUANTIZE between.
//
// Throws Error naming the tensor when an int8 operator needs a range that was not observed.
std::vector<std::optional<Affine>> activation_scales(const graph::Graph& graph,
                                                     const Ranges& ranges,
                                                     const std::vector<bool>& float_operators);

}  // namespace stapes::quantization
