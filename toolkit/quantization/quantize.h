#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/graph/graph.h"
#include "toolkit/quantization/ranges.h"

namespace stapes::quantization {

// How many scales the weights of CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED have. The LSTM's
// are chosen apart, since other runtimes know nothing but one per tensor there.
enum class WeightScales {
  kStandard,  // one per output channel of convolutions, one for a FULLY_CONNECTED
  kTensor,    // one per tensor everywhere
  kRow,       // one per output channel everywhere (as newer versions of TensorFlow's converter)
};

WeightScales weight_scales_of(const std::string& name);  // throws Error for an unknown name

// What is more precise than in other runtimes makes the LSTM a STAPES_LSTM, which only ours run.
// A layer-normalized LSTM has no such form.
struct LstmNumbers {
  bool int16_state = false;  // the hidden state that is fed back; the output stays int8
  bool row_scales = false;   // a scale for each row of each gate's weights

  bool is_standard() const { return !int16_state && !row_scales; }
  bool operator==(const LstmNumbers&) const = default;
};

// state: int8 | int16; weights: tensor | row. Throws Error for other names.
LstmNumbers lstm_numbers_of(const std::string& state, const std::string& weights);

struct QuantizeOptions {
  // By operator index: these stay float, between a DEQUANTIZE and a QUANTIZE. Empty: none.
  std::vector<bool> float_operators;
  bool int8_io = false;  // int8 model input and output instead of float32
  WeightScales weight_scales = WeightScales::kStandard;
  LstmNumbers lstm;
};

struct QuantizedGraph {
  graph::Graph graph;
  // For each operator the float graph's operator that it stands for, -1 for the QUANTIZE and
  // DEQUANTIZE operators that were added.
  std::vector<int32_t> source_operators;
};

// The int8 form of a float graph: int8 activations per tensor, int8 weights (per channel for
// convolutions, per tensor for FULLY_CONNECTED and the LSTM), int32 bias, int16 LSTM cell; float32
// input and output with QUANTIZE and DEQUANTIZE at the ends. The rules are those of TensorFlow
// Lite's converter (docs/quantization.md), so that TFLM gives the same bytes. Metadata is carried
// over. Deterministic.
//
// Throws Error naming operator and index for what cannot be quantized.
QuantizedGraph quantize(const graph::Graph& float_graph, const Ranges& ranges,
                        const QuantizeOptions& options = {});

}  // namespace stapes::quantization
