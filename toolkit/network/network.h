#pragma once
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "toolkit/graph/graph.h"
#include "toolkit/specification/specification.h"

namespace stapes::network {

// A network as a list of elementary nodes in the order in which they run: what the model
// specification's layers (tenet, residual, …) expand to. Training builds torch modules from it,
// lowering a .tflite graph, and neither knows more about a layer than what stands here.

enum class NodeKind {
  kInput,
  kConv2D,           // kernel [h, w], stride [h, w], padding, `channels` filters, bias or not
  kDepthwiseConv2D,  // likewise, one filter per channel
  kBatchNorm,        // over the last axis
  kLayerNorm,        // over the last axis, gamma and beta
  kRelu,
  kRelu6,
  kReluN1To1,  // only where a convolution can fuse it: no runtime has it as an operator
  kAdd,        // two inputs of equal shape
  kAveragePool2D,
  kMaxPool2D,
  kGlobalAveragePool,  // [h, w, c] -> [c]
  kReshape,
  kLstm,      // [t, i] -> [t, units]; with gate_norm its bias is that of the normalization
  kLastStep,  // [t, c] -> [c]
  kDense,     // [i] -> [channels]
  kDropout,   // training only
  kNoise,     // training only: rounding_noise is added
  kSoftmax,
};

enum class Initializer { kGlorotUniform, kOrthogonal, kZeros, kQuarters, kOnes, kForgetGateOnes };

struct Parameter {
  std::string
      name;  // "<node>/<kernel|bias|gamma|beta|moving_mean|moving_variance|recurrent_kernel>"
  std::vector<int64_t> shape;  // in .tflite layout, see Weights
  bool trainable = true;
  Initializer initializer = Initializer::kGlorotUniform;
};

struct Node {
  std::string name;
  NodeKind kind = NodeKind::kInput;
  std::vector<int> inputs;            // indices of nodes
  std::vector<int32_t> output_shape;  // without the batch: [h, w, c], [t, c] or [c]

  // Settings; a node reads only its own.
  int32_t channels = 0;  // filters, units
  int32_t kernel_height = 1;
  int32_t kernel_width = 1;
  int32_t stride_height = 1;
  int32_t stride_width = 1;
  Padding padding = Padding::kSame;
  bool causal = false;  // along time zeros before the first frame only; across as SAME
  bool bias = true;
  float epsilon = 1e-3F;    // batch and layer norm
  float momentum = 0.99F;   // batch norm: moving = momentum * moving + (1 - momentum) * batch
  float rate = 0.0F;        // dropout
  float cell_clip = 10.0F;  // LSTM; what Keras' fused LSTM has
  bool gate_norm = false;   // LSTM: layer normalization of each gate's sums, over the units
  // Noise, Relu6 and ReluN1To1, in training only: noise uniform in -rounding_noise/2 …
  // rounding_noise/2 is added before the bounds apply, as rounding to that many parts of the range
  // would. 0: none.
  float rounding_noise = 0.0F;

  std::vector<Parameter> parameters;
};

// What an activation lets through.
struct Bounds {
  float lowest = -std::numeric_limits<float>::infinity();
  float highest = std::numeric_limits<float>::infinity();
};
bool is_activation(NodeKind kind);
Bounds bounds_of(NodeKind kind);  // REQUIRES: is_activation(kind)

struct Network {
  std::vector<Node> nodes;  // nodes[0] is the input [frames, 1, channels]; the last one the output
  std::vector<const Parameter*> parameters() const;
  int64_t trainable_parameters() const;
  int64_t total_parameters() const;
};

// TensorFlow's SAME along one axis: ceil(input / stride) windows, the odd row of zeros at the end.
struct SamePadding {
  int32_t before = 0;
  int32_t after = 0;
};
SamePadding same_padding(int32_t input, int32_t kernel, int32_t stride);

// Expands the layers of a specification. Errors name the layer and the key, and say which shape
// does not fit.
Network expand(const NetworkSettings& settings, std::vector<int32_t> input_shape, int classes);

// Trained values by parameter name, in .tflite layout:
//   conv kernel            [out, kh, kw, in]
//   depthwise kernel       [1, kh, kw, channels]
//   dense kernel           [out, in]
//   LSTM kernel            [4, units, in], recurrent_kernel [4, units, units], bias [4, units],
//                          gamma [4, units] of the gates' normalization;
//                          gates in the order input, forget, cell, output
struct Array {
  std::vector<int64_t> shape;
  std::vector<float> values;
};
using Weights = std::map<std::string, Array>;

// Initial weights as Keras would draw them (glorot uniform, orthogonal, forget bias 1), from the
// project's own generator.
Weights initialize(const Network& network, uint64_t seed);

// The float .tflite graph: batch 1, batch norm folded into the convolution before it, activations
// fused, LSTM as one UNIDIRECTIONAL_SEQUENCE_LSTM, float32 input [1, frames, 1, channels] and
// output [1, classes].
graph::Graph lower(const Network& network, const Weights& weights);

}  // namespace stapes::network
