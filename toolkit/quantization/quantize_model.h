#pragma once
#include "toolkit/graph/graph.h"
#include "toolkit/quantization/agreement.h"
#include "toolkit/quantization/calibrate.h"
#include "toolkit/quantization/inputs.h"
#include "toolkit/quantization/layer_norm.h"
#include "toolkit/quantization/observations.h"
#include "toolkit/quantization/quantize.h"
#include "toolkit/quantization/round_weights.h"

namespace stapes::quantization {

// From a float model to an int8 model in one call: the layer normalizations get their form, the
// ranges are observed, the graph is rewritten.
//
//   const graph::Graph model = graph::read_tflite("words_float.tflite");
//   const QuantizedModel result = quantize_model(model, inputs_from(values, input_size(model)));
//   graph::write_tflite("words_int8.tflite", result.quantized.graph);
struct ModelSettings {
  CalibrationSettings calibration;
  LayerNormForm layer_norm = LayerNormForm::kFloat;
  bool int8_io = false;  // int8 model input and output
  WeightScales weight_scales = WeightScales::kStandard;
  LstmNumbers lstm;
  Rounding rounding = Rounding::kNearest;
};

struct QuantizedModel {
  graph::Graph float_graph;  // what was quantized: the float model with its layer norms rewritten
  QuantizedGraph quantized;
  size_t layer_norms = 0;  // how many were recognized
  Ranges ranges;           // of float_graph
  QuantizeOptions options;
};

// `seen`: what observe() finds with these inputs in the model with this form of its layer norms, if
// the caller has it already.
//
// Throws Error for a model that is quantized already or cannot be; Interrupted when interrupted.
QuantizedModel quantize_model(const graph::Graph& float_model, const Inputs& inputs,
                              const ModelSettings& settings = {},
                              const Observations* seen = nullptr);

}  // namespace stapes::quantization
