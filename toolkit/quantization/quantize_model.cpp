#include "toolkit/quantization/quantize_model.h"

#include <algorithm>

#include "toolkit/base/error.h"
#include "toolkit/quantization/float_weights.h"
#include "toolkit/quantization/operator_rules.h"

namespace stapes::quantization {
namespace {

void check_not_quantized(const graph::Graph& graph) {
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    for (const int32_t output : graph.operators[i].outputs) {
      const TensorType type = graph.tensors[static_cast<size_t>(output)].type;
      if (type == TensorType::kInt8 || type == TensorType::kUint8 || type == TensorType::kInt16) {
        throw Error("cannot quantize", describe(graph, i), "the model is quantized already",
                    "give the float model");
      }
    }
  }
}

}  // namespace

QuantizedModel quantize_model(const graph::Graph& float_model, const Inputs& inputs,
                              const ModelSettings& settings, const Observations* seen) {
  check_not_quantized(float_model);
  const graph::Graph with_weights = with_float_weights(float_model);
  input_size(with_weights);
  LayerNormResult formed = apply_layer_norm_form(with_weights, settings.layer_norm);
  check_quantizable(formed.graph, formed.float_operators);  // before the long work
  Ranges ranges = calibrate(formed.graph, inputs, settings.calibration,
                            seen != nullptr ? &seen->extremes : nullptr);
  QuantizeOptions options;
  options.float_operators = formed.float_operators;
  options.int8_io = settings.int8_io;
  options.weight_scales = settings.weight_scales;
  options.lstm = settings.lstm;
  QuantizedModel result;
  result.quantized = quantize(formed.graph, ranges, options);
  if (settings.rounding == Rounding::kJoint) {
    round_weights_jointly(formed.graph,
                          seen != nullptr
                              ? seen->weight_inputs
                              : observe_weight_inputs(formed.graph, inputs, settings.calibration),
                          result.quantized);
  }
  result.ranges = std::move(ranges);
  result.options = std::move(options);
  result.float_graph = std::move(formed.graph);
  result.layer_norms = formed.layer_norms;
  return result;
}

}  // namespace stapes::quantization
