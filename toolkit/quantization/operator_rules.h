#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "toolkit/graph/graph.h"
#include "toolkit/quantization/affine.h"

namespace stapes::quantization {

// What the int8 form of an operator demands; the same rules as TensorFlow Lite's converter, so
// that TFLM and LiteRT run the result (docs/quantization.md).
struct OperatorRule {
  enum class Output {
    kFree,   // scale and zero point from the calibrated range
    kSame,   // moves values without computing: the parameters of its data inputs
    kFixed,  // always the same, because the kernel assumes them
    kNone,   // not quantized (SHAPE)
  };
  Output output = Output::kFree;
  Affine fixed;                      // for kFixed
  std::vector<size_t> data;          // inputs that carry int8 values, constant or not
  bool all_inputs_are_data = false;  // CONCATENATION, PACK
  std::optional<size_t> weights;     // symmetric int8 …
  int32_t weight_dimension = -1;     // … per channel along this dimension, -1: per tensor
  std::optional<size_t> bias;        // int32; the input may be absent
  int32_t version = 1;
};

// Empty where the operator has no int8 form here. The LSTM's rule names only its data input; its
// weights are quantized in lstm.h.
std::optional<OperatorRule> rule_for(const graph::Operator& op);

// Whether input `position` of the operator carries int8 values.
bool is_data_input(const OperatorRule& rule, size_t position);

// "operator 12 (GATHER)", for messages.
std::string describe(const graph::Graph& graph, size_t operator_index);

// Throws Error naming the first operator that has no int8 form, its index and the reason
// (including LSTMs with peepholes, projection or fewer than four gates, and weights that are not
// constant). Operators in `float_operators` are not looked at.
void check_quantizable(const graph::Graph& graph, const std::vector<bool>& float_operators);

}  // namespace stapes::quantization
